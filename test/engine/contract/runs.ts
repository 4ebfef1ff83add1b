import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { temporaryFolder } from '../../base/temporary-folder.ts';
import { until } from '../../e2e/processes.ts';
import { type EngineOf, eventsOf, statusOf, subject, told, typesOf } from './engine.ts';

export function runsContract(engine: EngineOf): void {
  describe('a run that is interrupted', () => {
    test.each([
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const)('by %s ends what is under way and begins nothing more; the next run goes on', async (signal, code) => {
      const scratch = temporaryFolder();
      const [pid, gate] = [join(scratch, 'pid'), join(scratch, 'gate')];
      const { project, start, run } = await subject(engine(), {
        'p.yaml': `version: 1
name: interrupted
stages:
  first: { run: echo first OWN > first.txt, outputs: [first.txt] }
  long:
    run: echo $$ > ${pid}; while [ ! -e ${gate} ]; do sleep 0.1; done; cat first.txt > long.txt
    inputs: [first.txt]
    outputs: [long.txt]
  last: { run: cat long.txt > last.txt, inputs: [long.txt], outputs: [last.txt] }
`,
      });
      const interrupted = start();
      await until(() => typesOf(interrupted.events(), 'long').includes('stage-started'), 'the long stage has begun');
      await until(() => read(pid) !== '', 'its command runs');
      interrupted.signal(signal);
      const { exitCode, events } = await interrupted.ended;
      expect([exitCode, statusOf(events)]).toEqual([code, 'cancelled']);
      expect(typesOf(events, 'first').at(-1)).toBe('stage-finished');
      expect(typesOf(events, 'last')).toEqual(['stage-skipped']);
      expect(() => process.kill(Number(read(pid)), 0)).toThrow('ESRCH');
      await project.edit('p.yaml', `while [ ! -e ${gate} ]; do sleep 0.1; done; `, '');
      expect(told((await run()).events)).toBe('first reused, long finished, last finished');
    });
  });

  describe('a run', () => {
    const files = {
      'p.yaml': `version: 1
name: recorded
stages:
  say:
    run: ': OWN; for i in 1 2 3; do echo line $i; done; n=0; while [ $n -lt 200 ]; do echo same; n=$((n+1)); done; echo said > said.txt; echo "{ \\"lines\\": 3 }" > lines.json'
    outputs: [said.txt]
    metrics: [lines.json]
  after: { run: cat said.txt said.txt > after.txt, inputs: [said.txt], outputs: [after.txt] }
`,
    };

    test('tells each thing once, in the order in which it happens', async () => {
      const { run } = await subject(engine(), files);
      const { events } = await run();
      expect(events[0]).toMatchObject({ type: 'run-started', pipeline: 'recorded', backend: 'wasm' });
      const texts = eventsOf(events, 'stage-output', 'say').map(({ text }) => text);
      expect(texts.join('')).toBe(`line 1\nline 2\nline 3\n${'same\n'.repeat(200)}`);
      expect(typesOf(events, 'say').filter((type) => type !== 'stage-output')).toEqual([
        'stage-started',
        'stage-finished',
      ]);
      expect(typesOf(events, 'after')).toEqual(['stage-started', 'stage-finished']);
      const place = (type: string, stage: string): number =>
        events.findIndex((event) => event.type === type && event.stage === stage);
      expect(place('stage-finished', 'say')).toBeLessThan(place('stage-started', 'after'));
      expect(events.map(({ type }) => type).filter((type) => type === 'run-finished')).toHaveLength(1);
      expect(events.every(({ time }) => Number.isInteger(time))).toBe(true);
    });

    test('is recorded: its list, its logs, its metrics and its results are had as ever', async () => {
      const { project, run } = await subject(engine(), files);
      const { events } = await run('--name', 'this-one', '--tag', 'kept');
      const { stdout } = await project.pipeline('runs', '--json');
      expect(JSON.parse(stdout)).toMatchObject([{ id: events[0]?.['run'], status: 'succeeded', name: 'this-one' }]);
      expect((await project.pipeline('logs', 'this-one', 'say')).stdout).toContain('line 1\nline 2\nline 3');
      const metrics = await project.pipeline('metrics', 'this-one', '--json');
      expect([metrics.exitCode, metrics.stdout]).toEqual([0, expect.stringContaining('"lines"')]);
      const got = await project.pipeline('get', 'this-one', 'after', '-o', 'got');
      expect([got.exitCode, got.stderr]).toEqual([0, '']);
      expect(await project.read('got/after.txt')).toBe('said\nsaid\n');
    });
  });
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}
