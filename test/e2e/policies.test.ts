import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { noProcessIsLeftIn } from './processes.ts';
import { newProject, type Project } from './project.ts';
import type { Events } from './tiny-pipeline.ts';

/** A stage type that does as the test's files say; only `text` is in its key. */
const plugin = `
import { appendFileSync, readFileSync, existsSync } from 'node:fs';
import { defineStageType } from 'distill-pipeline';

export const work = defineStageType({
  name: 'work',
  description: 'Does what a test says.',
  output: 'text',
  determinism: 'bitwise',
  schema: {
    properties: {
      text: { type: 'string', default: '' },
      failures: { type: 'integer', default: 0 },
      hang: { type: 'boolean', default: false },
      counts: { type: 'boolean', default: false },
    },
  },
  otherSlots: { kind: 'text', required: false },
  keyOptions: ({ text }) => ({ text }),
  async run({ options, resolvePath, write, signal }) {
    const file = resolvePath('attempts-' + options.text);
    appendFileSync(file, process.pid + '\\n');
    const attempt = readFileSync(file, 'utf8').split('\\n').length - 1;
    if (attempt <= options.failures) throw new Error('failure ' + attempt);
    while (options.hang) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      signal.throwIfAborted();
    }
    await write('text.txt', new TextEncoder().encode(options.text + (options.counts ? attempt : '')));
    return { metrics: { attempt } };
  },
});
`;

async function projectOf(stages: string): Promise<Project> {
  const project = await newProject({
    '.git': '',
    'pipeline.config.yaml': 'plugins: [./stages/work.ts]\n',
    'p.yaml': `version: 1\nname: policies\nstages:\n${stages}`,
  });
  await mkdir(project.path('stages'));
  await project.write('stages/work.ts', plugin);
  return project;
}

async function run(project: Project, ...args: string[]) {
  const { stdout, exitCode } = await project.pipeline('run', 'p.yaml', '--json', ...args);
  return { exitCode, events: stdout.split('\n').map((line) => JSON.parse(line) as Events[number]) };
}

function typesOf(events: Events, stage: string): readonly string[] {
  return events.filter((event) => event.stage === stage).map(({ type }) => type);
}

describe('retry', () => {
  test('of a stage that fails twice: the run succeeds, and its record says how', async () => {
    const project = await projectOf(`
  flaky:
    type: work
    retry: { attempts: 3, delay: 0.01 }
    with: { text: flaky, failures: 2 }
`);
    const { events, exitCode } = await run(project);
    expect(exitCode).toBe(0);
    expect(typesOf(events, 'flaky')).toEqual([
      'stage-started',
      'stage-output',
      'stage-retrying',
      'stage-started',
      'stage-output',
      'stage-retrying',
      'stage-started',
      'stage-finished',
    ]);
    const id = String(events[0]?.['run']);
    const record = JSON.parse(await project.read(`artifacts/runs/${id}/run.json`)) as {
      stages: { retries: unknown }[];
    };
    expect(record.stages[0]?.retries).toMatchObject([
      { problem: { message: 'failure 1', where: 'p.yaml:5:3' } },
      { problem: { message: 'failure 2' } },
    ]);
    await project.edit('p.yaml', 'attempts: 3, delay: 0.01', 'attempts: 2');
    expect(typesOf((await run(project)).events, 'flaky')).toEqual(['stage-reused']);
  }, 60_000);
});

describe('timeout', () => {
  // Those that do not listen are in test/engine/policies.test.ts, with less patience than the command has.
  test('of a stage that never ends: its process does, and the problem has its place', async () => {
    const project = await projectOf(`
  slow:
    type: work
    timeout: 1s
    with: { text: slow, hang: true }
`);
    const { events, exitCode } = await run(project);
    expect(exitCode).toBe(1);
    expect(events.find(({ type }) => type === 'stage-failed')).toMatchObject({
      problem: { code: 'stage-timeout', where: 'p.yaml:7:14' },
    });
    await noProcessIsLeftIn(project.folder);
    const pid = Number(readFileSync(project.path('attempts-slow'), 'utf8'));
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  }, 60_000);
});

describe('cache: false', () => {
  const stages = `
  clock:
    type: work
    cache: false
    with: { text: clock }
  after:
    type: work
    needs: { text: clock }
    with: { text: after }
`;

  test('runs each time, what needs it by its content, and plan says why', async () => {
    const project = await projectOf(stages);
    await run(project);
    expect((await project.pipeline('plan', 'p.yaml')).stdout).toMatch(/^clock +run .*cache: false$/m);
    const { events } = await run(project);
    expect(typesOf(events, 'clock')).toEqual(['stage-started', 'stage-finished']);
    expect(typesOf(events, 'after')).toEqual(['stage-reused']);
    await project.edit('p.yaml', '    cache: false\n', '');
    expect(typesOf((await run(project)).events, 'clock')).toEqual(['stage-started', 'stage-finished']);
    expect(typesOf((await run(project)).events, 'clock')).toEqual(['stage-reused']);
  }, 60_000);

  test('has its objects kept by gc for the run that made them', async () => {
    const project = await projectOf(stages);
    await run(project);
    expect(await project.pipeline('gc', '--grace', '0', '--limit', '0')).toMatchObject({ exitCode: 0 });
    expect(await project.pipeline('get', 'latest', 'clock', '-o', 'out')).toMatchObject({ exitCode: 0 });
    expect(await project.read('out/text.txt')).toBe('clock');
  }, 60_000);
});

test('--no-keep-going begins nothing more after a failure', async () => {
  const project = await projectOf(`
  broken:
    type: work
    with: { text: broken, failures: 9 }
  other:
    type: work
    with: { text: other }
`);
  const stopped = await run(project, '--no-keep-going', '-j', '1');
  expect(stopped.exitCode).toBe(1);
  expect(stopped.events.find(({ type }) => type === 'stage-skipped')).toMatchObject({
    stage: 'other',
    because: 'broken failed, and nothing is begun after a failure',
  });
  expect(typesOf((await run(project, '-j', '1')).events, 'other')).toContain('stage-finished');
}, 60_000);

describe('when', () => {
  const stages = `
  evaluate:
    type: work
    with: { text: e }
  student:
    type: work
    needs: { text: evaluate }
    when: evaluate.attempt > 1
    with: { text: s }
  after:
    type: work
    needs: { text: student }
    with: { text: a }
  wanted:
    type: work
    when: \${params.wanted}
    with: { text: w }
gates:
  after.attempt: '>= 1'
params: { wanted: true }
`;

  test('skips a stage whose condition does not hold, and what needs it; plan says so', async () => {
    const project = await projectOf(stages);
    expect((await project.pipeline('plan', 'p.yaml')).stdout).toMatch(/^student +run\? +known after evaluate$/m);
    const first = await project.pipeline('run', 'p.yaml', '--set', 'wanted=false');
    expect(first.exitCode).toBe(0);
    expect(first.stdout).toContain('student: not run, because evaluate.attempt is 1, and its condition > 1\n');
    expect(first.stdout).toContain('after: not run, because it needs student, which was skipped\n');
    expect(first.stdout).toContain('wanted: not run, because its `when` is false\n');
    expect(first.stdout).toContain('the gate after.attempt >= 1 is not checked: it was skipped');
    expect(first.stdout).toContain('1 stage ran, 0 reused, 3 not run');
    expect((await project.pipeline('plan', 'p.yaml')).stdout).toMatch(/^student +skip .*its condition > 1$/m);
    expect((await project.pipeline('why', 'p.yaml', 'student')).stdout).toContain('It is skipped: evaluate.attempt');
    // Twice: a run with nothing to do is told in another way.
    for (const seen of [await run(project), await run(project)])
      expect(typesOf(seen.events, 'student')).toEqual(['stage-skipped']);
    await project.edit('p.yaml', 'attempt > 1', 'attempt <= 1');
    const { events, exitCode } = await run(project);
    expect(exitCode).toBe(0);
    expect(typesOf(events, 'student')).toContain('stage-finished');
    expect(typesOf(events, 'wanted')).toEqual(['stage-reused']);
    await project.edit('p.yaml', '    when: evaluate.attempt <= 1\n', '');
    expect(typesOf((await run(project)).events, 'student')).toEqual(['stage-reused']);
  }, 60_000);
});

describe('--audit', () => {
  const stages = `
  count:
    type: work
    with: { text: count, counts: true }
`;

  test('finds a result that its key does not account for, and leaves it as it is', async () => {
    const project = await projectOf(stages);
    await run(project);
    const audited = await project.pipeline('run', 'p.yaml', '--audit', '1%');
    expect(audited.exitCode).toBe(1);
    expect(audited.stdout).toContain('audit: 1 of 1 reused result is made again: count');
    expect(audited.stdout).toMatch(/audited in .*, failed: p\.yaml:5:3: under the key [0-9a-f]{12} the store has/);
    expect(audited.stdout).toContain('text.txt');
    const id = (await run(project)).events[0]?.['run'];
    const runs = JSON.parse((await project.pipeline('runs', '--json')).stdout) as { id: string; status: string }[];
    const record = await project.read(`artifacts/runs/${runs.find((each) => each.id !== id)?.id ?? ''}/run.json`);
    expect(JSON.parse(record)).toMatchObject({ status: 'failed', stages: [{ audit: { verdict: 'differs' } }] });
  }, 60_000);

  test.each(['0', '101', 'p.yaml'])('of %s per cent is refused', async (share) => {
    const project = await projectOf(stages);
    expect(await project.pipeline('run', '--audit', share, 'p.yaml')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('A file goes before the option') as unknown,
    });
  });
});

describe('--force', () => {
  test('replaces the result, for the runs after it too', async () => {
    const project = await projectOf(`
  count:
    type: work
    with: { text: count, counts: true }
  after:
    type: work
    needs: { text: count }
    with: { text: after }
`);
    const digest = (events: Events, stage: string): unknown =>
      events.flatMap((event) => (event.stage === stage && 'artifact' in event ? [event['artifact']] : []))[0];
    const first = await run(project);
    const forced = await run(project, '--force', 'count');
    expect(forced.events.find(({ type }) => type === 'warning')).toMatchObject({
      message: expect.stringContaining('takes the place of the earlier result') as unknown,
    });
    expect(digest(forced.events, 'count')).not.toEqual(digest(first.events, 'count'));
    const next = await run(project);
    expect(typesOf(next.events, 'count')).toEqual(['stage-reused']);
    expect(digest(next.events, 'count')).toEqual(digest(forced.events, 'count'));
    expect(await project.pipeline('verify')).toMatchObject({ exitCode: 0 });
  }, 60_000);
});
