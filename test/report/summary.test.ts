import { describe, expect, test } from '@jest/globals';
import type { EventBody, PipelineEvent } from '../../src/core/event.ts';
import type { StageId } from '../../src/core/ids.ts';
import { applyEvent, newRunView } from '../../src/report/run-view.ts';
import { makeStyle } from '../../src/report/style.ts';
import { renderSummary } from '../../src/report/summary.ts';
import { auditedRun, failingRun, finished, goodRun, recorded, reused, started, stageStarted } from './recorded-run.ts';

async function summaryOf(events: readonly PipelineEvent[], width = Infinity, color = false): Promise<string> {
  const view = newRunView();
  for (const event of events) applyEvent(view, event);
  return renderSummary(view, { style: makeStyle(color), width, record: 'artifacts/runs/20261124-142233-k3f9' });
}

describe('the summary', () => {
  test('of a good run tells stages, models, gates and the record', async () => {
    expect((await summaryOf(goodRun)).split('\n')).toEqual([
      'stage          result  time         metrics',
      'load-data      reused  saved 3.2 s',
      'train-student  ran     1 min 15 s   validation accuracy 95.00%, loss 0.5',
      'evaluate       ran     6.0 s',
      '',
      'model     validation accuracy  test accuracy  validation agreement',
      'teacher                98.00%         97.50%',
      'student                95.10%         95.11%                95.50%',
      'baseline                              90.00%',
      '',
      'gate evaluate.student.validation.accuracy >= 0.9: 95.10%, passed',
      'gate evaluate.student.validation.loss <= 0.1: 0.2, missed',
      '',
      'A gate was missed in 1 min 22 s: 2 stages ran, 1 reused (wasm)',
      'record: artifacts/runs/20261124-142233-k3f9',
      '',
    ]);
  });

  test('of a failed run tells the failure with its place, its hint and its log', async () => {
    expect((await summaryOf(failingRun)).split('\n')).toEqual([
      'stage           result   time         metrics',
      'load-data       reused   saved 3.2 s',
      'train-teacher   ran      6.0 s        validation accuracy 97.35%, loss 0.25',
      'train-baseline  failed   1.3 s',
      'evaluate        not run               needs train-baseline',
      '',
      'train-baseline failed: the loss became NaN in epoch 2',
      '  at pipelines/mnist-distill.yaml:31:7',
      '  lower the learning rate',
      '  what it printed: pipeline logs 20261124-142233-k3f9 train-baseline',
      '',
      'Failed in 8.4 s: 1 stage ran, 1 reused, 1 failed, 1 not run (wasm)',
      'record: artifacts/runs/20261124-142233-k3f9',
      '',
    ]);
  });

  test('of an audited run tells what was found', async () => {
    expect((await summaryOf(auditedRun)).split('\n').slice(4, -2)).toEqual([
      'audit of load-data: other bytes, which its stage type allows, validation.accuracy 90.00% -> 89.00%',
      'failed: audit of train-teacher: other bytes: weights.bin',
      '  at p.yaml:3:3',
      '  replace it',
      '',
      'Failed in 1 min 4 s: 0 stages ran, 2 reused (wasm)',
    ]);
  });

  test.each([40, 60, 80])('fits the tables into %i columns', async (width) => {
    const tables = (await summaryOf(goodRun, width)).split('\n\n').slice(0, 2);
    for (const line of tables.join('\n').split('\n')) expect(line.length).toBeLessThanOrEqual(width);
  });

  test('of a long pipeline lists what ran and counts what was reused', async () => {
    const names = Array.from({ length: 1000 }, (_, index) => `stage-${index}`);
    const text = await summaryOf(
      recorded([
        started(names),
        ...names.slice(1).map((name) => reused(name)),
        stageStarted('stage-0'),
        finished('stage-0', 'model', {}),
        { type: 'run-finished', status: 'succeeded', seconds: 7 },
      ]),
    );
    expect(text.split('\n')).toEqual([
      'stage    result  time   metrics',
      'stage-0  ran     6.0 s',
      '',
      'Done in 7.0 s: 1 stage ran, 999 reused (wasm)',
      'record: artifacts/runs/20261124-142233-k3f9',
      '',
    ]);
  });

  test('of many variants folds those that ran, and counts the gates that were passed', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `train@seed=${index}`);
    const first = started(names);
    if (first.type !== 'run-started') throw new Error('the first event starts the run');
    const stages = first.stages.map((stage, index) => ({
      ...stage,
      variant: { of: 'train' as StageId, axes: { seed: index } },
    }));
    const gates = names.map((name, index): EventBody => ({
      ...{ type: 'gate-checked', metric: `${name}.loss`, bound: '<= 1' },
      ...{ value: index === 7 ? 2 : 1, passed: index !== 7 },
    }));
    const text = await summaryOf(
      recorded([
        { ...first, stages },
        ...names.map((name) => finished(name, 'model', { loss: 1 }, 1)),
        ...gates,
        { type: 'run-finished', status: 'gate-missed', seconds: 7 },
      ]),
    );
    expect(text.split('\n').slice(0, -3)).toEqual([
      'stage       result  time   metrics',
      'train (60)  ran     1 min',
      '',
      'gate train@seed=7.loss <= 1: 2, missed',
      '59 gates passed',
      '',
    ]);
  });

  test('tells which gates look at the test images', async () => {
    const gate = (metric: string): EventBody => ({
      type: 'gate-checked',
      metric,
      bound: '>= 0',
      value: 1,
      passed: true,
    });
    const gates = [gate('evaluate.student.test.accuracy'), gate('test.student.validation.accuracy')];
    const end: EventBody = { type: 'run-finished', status: 'succeeded', seconds: 7 };
    expect((await summaryOf(recorded([started([]), ...gates, end]))).split('\n').slice(0, 2)).toEqual([
      'gate evaluate.student.test.accuracy >= 0: 100.00%, passed (a look at test: choose on validation)',
      'gate test.student.validation.accuracy >= 0: 100.00%, passed',
    ]);
  });

  test('colours only where asked to', async () => {
    expect(await summaryOf(goodRun, 80, true)).toContain('\u001b[32mran\u001b[39m');
    expect(await summaryOf(goodRun, 80)).not.toContain('\u001b');
  });
});
