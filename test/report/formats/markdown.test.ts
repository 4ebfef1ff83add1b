import { expect, test } from '@jest/globals';
import type { EventBody, PipelineEvent } from '../../../src/core/event.ts';
import { code, codeBlock, markdownTable } from '../../../src/report/formats/markdown/cells.ts';
import { differenceText } from '../../../src/report/formats/markdown/models.ts';
import { markdownSummary } from '../../../src/report/formats/markdown/summary.ts';
import { failingRun, finished, goodRun, recorded, started } from '../recorded-run.ts';
import { recordOf } from './recorded-runs.ts';

const options = { half: () => 0.01 };

test('a run is told in a few lines, with its gates and models', () => {
  const text = markdownSummary(recordOf(goodRun), options);
  expect(text.split('\n').slice(0, 14)).toEqual([
    '### `mnist-distill`: a gate was missed in 1 min 22 s',
    '',
    'Run `20261124-142233-k3f9` · stages: 2 ran, 1 reused · `wasm` · commit `0123456789`, with changes',
    '',
    '| gate | value | result |',
    '| --- | ---: | --- |',
    '| `evaluate.student.validation.accuracy >= 0.9` | 95.10% | passed |',
    '| `evaluate.student.validation.loss <= 0.1` | 0.2 | **missed** |',
    '',
    '| model | validation accuracy | test accuracy | validation agreement | test loss |',
    '| --- | ---: | ---: | ---: | ---: |',
    '| `teacher` | 98.00% | 97.50% |  | 0.2 |',
    '| `student` | 95.10% | 95.11% | 95.50% | 0.2 |',
    '| `baseline` |  | 90.00% |  | 0.2 |',
  ]);
  expect(text).toContain(
    '| `train-student` | ran | 1 min 15 s | `never ran` | `validation accuracy 95.00%, loss 0.5` |',
  );
  expect(text).toContain('```yaml\nversion: 1\n```');
});

test('beside a base run: differences, what is new and what is gone, parameters and stages with other keys', () => {
  const accuracy = (value: number) => ({ validation: { accuracy: value } });
  const run = (models: Record<string, object>, key = 'k'): PipelineEvent[] =>
    recorded([
      started(['evaluate']),
      { ...finished('evaluate', 'evaluation', models), key: key.repeat(64) } as EventBody,
      { type: 'run-finished', status: 'succeeded', seconds: 1 },
    ]);
  const base = recordOf(run({ student: accuracy(0.9), teacher: accuracy(0.98), old: accuracy(0.5) }), {
    id: 'base' as never,
  });
  const record = recordOf(run({ student: accuracy(0.9125), teacher: accuracy(0.98), fresh: accuracy(0.4) }, 'j'));
  const changed = { ...record, definition: { ...record.definition, params: { temperature: 8 } } };
  const text = markdownSummary(changed, { ...options, base });
  expect(text).toContain('| `student` | 91.25% (+1.25 points) |');
  expect(text).toContain('| `teacher` | 98.00% (same) |');
  expect(text).toContain('| `fresh` (new) | 40.00% |');
  expect(text).toContain('Beside run `base`');
  expect(text).toContain('Only there: `old`');
  expect(text).toContain('| `temperature` | `4` | `8` |\n| `model` | `{"width":16}` |  |');
  expect(text).toContain('Other keys than there: `evaluate`. The same: 0.');
  expect(markdownSummary(base, { ...options, base })).toContain('Every stage has the same key as there');
  expect([differenceText('loss', -0.0123), differenceText('bytes', 2048)]).toEqual(['-0.0123', '+2048']);
});

test('failures are told with their place and hint', () => {
  const text = markdownSummary(recordOf(failingRun), options);
  expect(text).toContain(
    '- `train-baseline` failed: `the loss became NaN in epoch 2`\n  at `pipelines/mnist-distill.yaml:31:7`\n  `lower the learning rate`',
  );
  expect(text).toContain('stages: 1 ran, 1 reused, 1 failed, 1 not run');
});

test('texts of others are no Markdown', () => {
  expect(code('a`b')).toBe('``a`b``');
  expect(code('`x``')).toBe('``` `x`` ```');
  expect(code('<img src=x>\n# @everyone')).toBe('`<img src=x> # @everyone`');
  expect(codeBlock('a\n```\nb', 'yaml')).toBe('````yaml\na\n```\nb\n````');
  expect(markdownTable({ head: ['a|b'], rows: [[code('x|y')]] })).toBe('| a\\|b |\n| --- |\n| `x\\|y` |');
});

test('a run of 10,000 stages fits into a comment', () => {
  const names = Array.from({ length: 10_000 }, (_, index) => `stage-${index}`);
  const events = recorded([
    started(names),
    ...names.map((name) => finished(name, 'model', { loss: 1, validationAccuracy: 0.5 })),
    { type: 'run-finished', status: 'succeeded', seconds: 1 },
  ]);
  const record = recordOf(events);
  const base = { ...record, stages: [] };
  const text = markdownSummary(
    { ...record, definition: { ...record.definition, text: 'x'.repeat(1e6) } },
    { ...options, base },
  );
  expect(text.length).toBeLessThan(50_000);
  expect(text).toContain('… and 9940 more');
});
