import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { temporaryFolder } from '../../base/temporary-folder.ts';
import { type EngineOf, eventsOf, statusOf, subject, told, typesOf } from './engine.ts';

export function policiesContract(engine: EngineOf): void {
  describe('retry', () => {
    const flaky = (scratch: string, attempts: number): string => `version: 1
name: flaky
stages:
  flaky:
    run: echo tried >> ${scratch}; test $(wc -l < ${scratch}) -ge 3 && echo > flaky.txt
    outputs: [flaky.txt]
    retry: { attempts: ${attempts}, delay: 0.1, factor: 2 }
  after: { run: cat flaky.txt > after.txt, inputs: [flaky.txt], outputs: [after.txt] }
`;

    test('until it ends well, each failure told', async () => {
      const { project, run } = await subject(engine(), { 'p.yaml': flaky(join(temporaryFolder(), 'tries'), 3) });
      const { exitCode, events } = await run();
      expect([exitCode, told(events)]).toEqual([0, 'flaky finished, after finished']);
      expect(typesOf(events, 'flaky').filter((type) => type !== 'stage-output')).toEqual([
        ...['stage-started', 'stage-retrying', 'stage-started', 'stage-retrying', 'stage-started', 'stage-finished'],
      ]);
      expect(eventsOf(events, 'stage-retrying').map(({ attempt, of, delay }) => [attempt, of, delay])).toEqual([
        [1, 3, 0.1],
        [2, 3, 0.2],
      ]);
      expect(eventsOf(events, 'stage-started', 'flaky').map(({ attempt }) => attempt)).toEqual([undefined, 2, 3]);
      const record = JSON.parse(await project.read(`artifacts/runs/${String(events[0]?.['run'])}/run.json`)) as {
        stages: { retries?: unknown[] }[];
      };
      expect(record.stages[0]?.retries).toHaveLength(2);
    });

    test('no more often than it says', async () => {
      const { run } = await subject(engine(), { 'p.yaml': flaky(join(temporaryFolder(), 'tries'), 2) });
      const { exitCode, events } = await run();
      expect([exitCode, told(events)]).toEqual([1, 'flaky failed, after skipped']);
      expect(eventsOf(events, 'stage-retrying')).toHaveLength(1);
    });
  });

  test('timeout ends a stage, and its processes', async () => {
    const pid = join(temporaryFolder(), 'pid');
    const { run } = await subject(engine(), {
      'p.yaml': `version: 1
name: slow
stages:
  slow: { run: 'echo $$ > ${pid}; sleep 600', timeout: 1s }
  quick: { run: 'true', timeout: 60s }
`,
    });
    const { exitCode, events } = await run();
    expect([exitCode, told(events)]).toEqual([1, 'slow failed, quick finished']);
    expect(eventsOf(events, 'stage-failed')[0]?.['problem']).toMatchObject({
      code: 'stage-timeout',
      where: expect.stringMatching(/p\.yaml:4:\d+$/) as unknown,
    });
    expect(() => process.kill(Number(readFileSync(pid, 'utf8')), 0)).toThrow('ESRCH');
  });

  test('when: what does not hold is not run, nor what needs it, and the run is well', async () => {
    const { project, run } = await subject(engine(), {
      'p.yaml': `version: 1
name: conditions
params: { wanted: false }
stages:
  measured: { run: ': OWN; echo "{ \\"accuracy\\": 0.5 }" > figures.json', metrics: [figures.json] }
  student: { when: measured.accuracy > 0.9, run: echo > student.txt, outputs: [student.txt] }
  after: { run: cat student.txt > after.txt, inputs: [student.txt], outputs: [after.txt] }
  poor: { when: measured.accuracy < 0.9, run: echo > poor.txt, outputs: [poor.txt] }
  wanted: { when: '\${params.wanted}', run: echo > wanted.txt, outputs: [wanted.txt] }
`,
    });
    const { exitCode, events } = await run();
    expect([exitCode, statusOf(events)]).toEqual([0, 'succeeded']);
    expect(told(events)).toBe('measured finished, student skipped, after skipped, poor finished, wanted skipped');
    expect(eventsOf(events, 'stage-skipped').map(({ stage, because }) => [stage, because])).toEqual(
      expect.arrayContaining([
        ['student', 'measured.accuracy is 0.5, and its condition > 0.9'],
        ['after', 'it needs student, which was skipped'],
        ['wanted', 'its `when` is false'],
      ]),
    );
    await project.edit('p.yaml', 'accuracy > 0.9', 'accuracy > 0.4');
    expect(told((await run('--set', 'wanted=true')).events)).toBe(
      'measured reused, student finished, after finished, poor reused, wanted finished',
    );
  });

  describe('at once are under way', () => {
    const stages = (log: string, more: string): string =>
      ['a', 'b', 'c']
        .map((name) => `  ${name}: { run: 'echo + >> ${log}; sleep 0.5; echo - >> ${log}; echo ${name}'${more} }\n`)
        .join('');
    const most = (log: string): number => {
      let [now, highest] = [0, 0];
      for (const line of readFileSync(log, 'utf8').trim().split('\n'))
        highest = Math.max(highest, (now += line === '+' ? 1 : -1));
      return highest;
    };

    test.each([
      ['no more than -j says', '', ['-j', '1'], 1],
      ['no more than the pool has', ', resources: { gpu: 1 }', [], 1],
      ['all that may be', '', ['-j', '3'], 3],
    ] as const)('%s', async (_what, more, args, expected) => {
      const log = join(temporaryFolder(), 'log');
      const { run } = await subject(engine(), {
        'p.yaml': `version: 1\nname: at-once\nstages:\n${stages(log, more)}`,
      });
      const { exitCode, events } = await run(...args);
      expect([exitCode, told(events)]).toEqual([0, 'a finished, b finished, c finished']);
      if (expected === 1) expect(most(log)).toBe(1);
      // On a busy machine one may have ended before another one begins.
      else expect(most(log)).toBeGreaterThan(1);
    });
  });
}
