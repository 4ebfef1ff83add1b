import { existsSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type EngineOf, eventsOf, statusOf, subject, told, typesOf } from './engine.ts';

export function failuresContract(engine: EngineOf): void {
  describe('a stage that fails', () => {
    const files = {
      'p.yaml': `version: 1
name: failing
stages:
  first: { run: echo first OWN > first.txt, outputs: [first.txt] }
  broken:
    run: echo one; echo two >&2; cat first.txt > half.txt; exit 3
    inputs: [first.txt]
    outputs: [half.txt]
  after: { run: cat half.txt > after.txt, inputs: [half.txt], outputs: [after.txt] }
  further: { run: cat after.txt > further.txt, inputs: [after.txt], outputs: [further.txt] }
  apart: { run: echo apart > apart.txt, inputs: [first.txt], outputs: [apart.txt] }
`,
    };

    test('is told with its place and what it printed; what needs it is not run, and the rest is', async () => {
      const { run } = await subject(engine(), files);
      const { exitCode, events } = await run();
      expect([exitCode, statusOf(events)]).toEqual([1, 'failed']);
      expect(told(events)).toBe('first finished, broken failed, after skipped, further skipped, apart finished');
      expect(typesOf(events, 'broken')).toEqual(['stage-started', 'stage-output', 'stage-output', 'stage-failed']);
      expect(eventsOf(events, 'stage-output').map(({ stream, text }) => [stream, text])).toEqual(
        expect.arrayContaining([
          ['stdout', 'one\n'],
          ['stderr', 'two\n'],
        ]),
      );
      expect(eventsOf(events, 'stage-failed')[0]).toMatchObject({
        problem: { code: 'stage-failed', message: expect.stringContaining('exit code 3') as unknown },
      });
      expect(String((eventsOf(events, 'stage-failed')[0]?.['problem'] as { where?: string }).where)).toMatch(
        /p\.yaml:\d+:\d+$/,
      );
      expect(eventsOf(events, 'stage-skipped').map(({ stage, blockedBy }) => [stage, blockedBy])).toEqual([
        ['after', 'broken'],
        ['further', 'broken'],
      ]);
    });

    test('is run again by the next run, which reuses what was well', async () => {
      const { project, run } = await subject(engine(), files);
      await run();
      await project.edit('p.yaml', '; exit 3', '');
      const { exitCode, events } = await run();
      expect([exitCode, told(events)]).toEqual([
        0,
        'first reused, broken finished, after finished, further finished, apart reused',
      ]);
    });

    test('ends the run under --no-keep-going: nothing more is begun', async () => {
      const { project, run } = await subject(engine(), files);
      const { exitCode, events } = await run('--no-keep-going', '-j', '1');
      expect([exitCode, statusOf(events)]).toEqual([1, 'failed']);
      expect(told(events)).toBe('first finished, broken failed, after skipped, further skipped, apart skipped');
      expect(eventsOf(events, 'stage-skipped', 'apart')[0]).toMatchObject({
        because: 'broken failed, and nothing is begun after a failure',
      });
      expect(existsSync(project.path('apart.txt'))).toBe(false);
    });
  });

  test.each([
    ['is killed', 'kill -9 $$; sleep 60', 'stage-failed', 'SIGKILL'],
    ['makes no output', 'true', 'output-missing', 'out.txt'],
    ['leaves a link for an output', 'ln -s /etc/passwd out.txt', 'output-unsafe', 'out.txt'],
    ['writes metrics that cannot be read', "echo '{' > figures.json; echo > out.txt", 'stage-failed', 'figures.json'],
  ])('a command that %s fails its stage, in words', async (_how, command, code, words) => {
    const { run } = await subject(engine(), {
      'p.yaml': `version: 1
name: bad
stages:
  bad: { run: ${JSON.stringify(command)}, outputs: [out.txt], metrics: [figures.json] }
`,
    });
    const { exitCode, events } = await run();
    expect([exitCode, told(events)]).toEqual([1, 'bad failed']);
    expect(eventsOf(events, 'stage-failed')[0]?.['problem']).toMatchObject({
      code,
      message: expect.stringContaining(words) as unknown,
    });
  });

  test('a gate that is missed fails the run, not its stage', async () => {
    const { project, run } = await subject(engine(), {
      'p.yaml': `version: 1
name: gated
stages:
  measured: { run: ': OWN; echo "{ \\"accuracy\\": 0.5 }" > figures.json', metrics: [figures.json] }
gates: { measured.accuracy: '>= 0.9' }
`,
    });
    const missed = await run();
    expect([missed.exitCode, told(missed.events), statusOf(missed.events)]).toEqual([
      ...[1, 'measured finished', 'gate-missed'],
    ]);
    expect(eventsOf(missed.events, 'gate-checked')[0]).toMatchObject({ value: 0.5, passed: false });
    await project.edit('p.yaml', '>= 0.9', '>= 0.4');
    const held = await run();
    expect([held.exitCode, told(held.events), statusOf(held.events)]).toEqual([0, 'measured reused', 'succeeded']);
  });
}
