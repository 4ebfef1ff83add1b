import { describe, expect, test } from '@jest/globals';
import { madeIn } from '../../e2e/started-run.ts';
import { tinyPipeline } from '../../e2e/tiny-pipeline.ts';
import { type EngineOf, eventsOf, stagesOf, statusOf, subject, told } from './engine.ts';

const chain = `version: 1
name: chain
params: { word: digits }
stages:
  data: { run: 'echo \${params.word} OWN > data.txt; echo told by data', outputs: [data.txt] }
  count: { run: wc -w < data.txt > count.txt, inputs: [data.txt], outputs: [count.txt] }
  both: { run: cat in.txt data.txt count.txt > both.txt, inputs: [in.txt, data.txt, count.txt], outputs: [both.txt] }
`;
const files = { 'p.yaml': chain, 'in.txt': 'a line\n' };

export function reuseContract(engine: EngineOf): void {
  describe('what runs', () => {
    test('is everything once, and then nothing', async () => {
      const { run } = await subject(engine(), files);
      const first = await run();
      expect([first.exitCode, first.stderr, told(first.events), statusOf(first.events)]).toEqual([
        ...[0, ''],
        ...['data finished, count finished, both finished', 'succeeded'],
      ]);
      const second = await run();
      expect([second.exitCode, told(second.events)]).toEqual([0, 'data reused, count reused, both reused']);
      expect(madeIn(second.events)).toEqual(madeIn(first.events));
      expect(eventsOf(second.events, 'stage-reused').map(({ key }) => key)).toEqual(
        eventsOf(first.events, 'stage-finished').map(({ key }) => key),
      );
    });

    test('is what changed and what depends on it, down to where the same bytes come out; set back, nothing', async () => {
      const { project, run } = await subject(engine(), files);
      const first = await run();
      // As many words: count makes what it made before, and is told to have run; both reads the data, too.
      expect(told((await run('--set', 'word=letters')).events)).toBe('data finished, count finished, both finished');
      expect(told((await run()).events)).toBe('data reused, count reused, both reused');
      await project.write('in.txt', 'another line\n');
      const changed = await run();
      expect(told(changed.events)).toBe('data reused, count reused, both finished');
      expect(eventsOf(changed.events, 'stage-started').map(({ because }) => because)).toEqual([
        expect.stringContaining('in.txt') as unknown,
      ]);
      await project.write('in.txt', 'a line\n');
      expect(madeIn((await run()).events)).toEqual(madeIn(first.events));
      await project.edit('p.yaml', 'data.txt count.txt > both', 'count.txt > both');
      await project.edit('p.yaml', 'in.txt, data.txt, count.txt]', 'in.txt, count.txt]');
      await run();
      const cutOff = await run('--set', 'word=images');
      expect(told(cutOff.events)).toBe('data finished, count finished, both reused');
    });

    test('is what is asked for and what that needs', async () => {
      const { run } = await subject(engine(), files);
      const { exitCode, events } = await run('count');
      expect([exitCode, stagesOf(events), told(events)]).toEqual([
        0,
        ['data', 'count'],
        'data finished, count finished',
      ]);
      expect(told((await run()).events)).toBe('data reused, count reused, both finished');
    });

    test('is what is forced; the result takes the place of the earlier one', async () => {
      const { run } = await subject(engine(), {
        'p.yaml': `version: 1
name: forced
stages:
  dice: { run: od -N 16 -x /dev/urandom > dice.txt, outputs: [dice.txt] }
  after: { run: cat dice.txt dice.txt > after.txt, inputs: [dice.txt], outputs: [after.txt] }
`,
      });
      const first = await run();
      const forced = await run('--force', 'dice');
      expect(told(forced.events)).toBe('dice finished, after finished');
      expect(eventsOf(forced.events, 'warning').map(({ message }) => message)).toEqual([
        expect.stringContaining('takes the place of the earlier result') as unknown,
      ]);
      expect(madeIn(forced.events)['dice']).not.toBe(madeIn(first.events)['dice']);
      const next = await run();
      expect(told(next.events)).toBe('dice reused, after reused');
      expect(madeIn(next.events)).toEqual(madeIn(forced.events));
    });

    test('is always what has `cache: false`, and what needs it where it made something else', async () => {
      const pipeline = (text: string): string => `version: 1
name: uncached
stages:
  clock: { run: '${text}', outputs: [clock.txt], cache: false }
  after: { run: cat clock.txt > after.txt, inputs: [clock.txt], outputs: [after.txt] }
`;
      const { project, run } = await subject(engine(), { 'p.yaml': pipeline('echo noon > clock.txt') });
      await run();
      expect(told((await run()).events)).toBe('clock finished, after reused');
      await project.write('p.yaml', pipeline('od -N 16 -x /dev/urandom > clock.txt'));
      for (const { exitCode, events } of [await run(), await run()])
        expect([exitCode, told(events)]).toEqual([0, 'clock finished, after finished']);
    });
  });

  test('a distillation: each stage tells its epochs and its metrics, and the gates are checked', async () => {
    const gates =
      "gates: { evaluate.student.validation.accuracy: '>= 0.01', evaluate.teacher.test.accuracy: '<= 1' }\n";
    const { run } = await subject(engine(), { 'p.yaml': tinyPipeline + gates });
    const { exitCode, events } = await run();
    expect([exitCode, statusOf(events)]).toEqual([0, 'succeeded']);
    expect(stagesOf(events).map((stage) => eventsOf(events, 'epoch-ended', stage).map(({ epoch }) => epoch))).toEqual([
      ...[[], [1], [], [1, 2], [1, 2], []],
    ]);
    const [evaluated] = eventsOf(events, 'stage-finished', 'evaluate');
    expect(evaluated?.['metrics']).toMatchObject({
      student: { validation: { accuracy: expect.any(Number) as unknown } },
    });
    expect(eventsOf(events, 'gate-checked').map(({ metric, passed }) => [metric, passed])).toEqual([
      ['evaluate.student.validation.accuracy', true],
      ['evaluate.teacher.test.accuracy', true],
    ]);
    const softer = await run('--set', 'temperature=2');
    expect(told(softer.events)).toMatch(/^load-data reused, train-teacher reused, /);
    expect(told(softer.events)).toContain('train-student finished, train-baseline reused, evaluate finished');
  });

  test('a stage of variants: each runs, what gathers them has all, and one that is added runs alone', async () => {
    const { project, run } = await subject(engine(), {
      'p.yaml': `version: 1
name: variants
stages:
  each:
    matrix: { temperature: [2, 4] }
    run: |
      echo '{ "t": \${matrix.temperature} }' > each-\${matrix.temperature}.json
    metrics: ['each-\${matrix.temperature}.json']
  all: { gather: [temperature], needs: { each: each }, run: ls $PIPELINE_NEEDS_EACH | sort > all.txt, outputs: [all.txt] }
`,
    });
    const first = await run();
    expect(told(first.events)).toBe('each@temperature=2 finished, each@temperature=4 finished, all finished');
    expect(eventsOf(first.events, 'stage-finished').map(({ metrics }) => metrics)).toContainEqual({ t: 4 });
    await project.edit('p.yaml', '[2, 4]', '[2, 4, 8]');
    expect(told((await run()).events)).toBe(
      'each@temperature=2 reused, each@temperature=4 reused, each@temperature=8 finished, all finished',
    );
  });

  test('a stage type of a plugin runs with its options and a file of the project', async () => {
    const { project, run } = await subject(engine(), {
      'pipeline.config.yaml': 'plugins: [./stamp.ts]\n',
      'stamp.ts': `import { readFileSync } from 'node:fs';
import { defineStageType } from 'distill-pipeline';
import { mark } from './mark.ts';

export const stamp = defineStageType({
  name: 'stamp',
  description: 'Stamps a text.',
  output: 'text',
  determinism: 'bitwise',
  schema: { properties: { text: { type: 'string' } } },
  async run({ options, write }) {
    await write('text.txt', new TextEncoder().encode(mark(options.text)));
    return { metrics: { length: mark(options.text).length } };
  },
});
`,
      'mark.ts': 'export const mark = (text: string): string => `${text}!`;\n',
      'p.yaml': 'version: 1\nname: plugin\nstages:\n  stamped: { type: stamp, with: { text: seen } }\n',
    });
    const first = await run();
    expect([first.stderr, told(first.events)]).toEqual(['', 'stamped finished']);
    expect(first.events.find(({ type }) => type === 'stage-finished')).toMatchObject({ metrics: { length: 5 } });
    await project.edit('mark.ts', '!', '!!');
    expect(told((await run()).events)).toBe('stamped finished');
    await project.edit('mark.ts', '!!', '!');
    expect(told((await run()).events)).toBe('stamped reused');
  });
}
