import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PipelineEvent } from '../../../src/core/event.ts';
import type { StageId } from '../../../src/core/ids.ts';
import { isAlive } from '../rig/alive.ts';
import { type FinishedRun, type Project, openProject } from '../rig/project.ts';
import type { Step } from '../rig/steps.ts';

/** Runs one stage that does these steps, with another beside it that has to be none the worse for it. */
async function runSteps(project: Project, ...steps: Step[]): Promise<FinishedRun> {
  const run = await project.run({ stage: { content: JSON.stringify(steps), steps }, other: { content: 'fine' } });
  expect(run.stages.get('other' as StageId)?.status).toMatch(/ran|reused/);
  expect(project.leftovers()).toEqual([]);
  return run;
}

function problemOf(run: FinishedRun): { code: string; message: string; hint?: string } {
  const result = run.stages.get('stage' as StageId);
  if (result?.status !== 'failed') throw new Error(`the stage did not fail, but is ${result?.status ?? 'absent'}`);
  return result.problem;
}

function pidOf(run: FinishedRun, stage: string): number {
  const result = run.stages.get(stage as StageId);
  if (result?.status !== 'ran') throw new Error(`${stage} did not run`);
  return result.record.metrics['pid'] as number;
}

function outputOf(run: FinishedRun, stream: string): string {
  return run.events
    .map((event) => (event.type === 'stage-output' && event.stream === stream ? event.text : ''))
    .join('');
}

describe('a stage that ends badly is one failed stage', () => {
  it('that is killed', async () => {
    const run = await runSteps(
      await openProject(),
      { do: 'print', stream: 'stderr', text: 'about to die\n', times: 1 },
      { do: 'kill-itself', signal: 'SIGKILL' },
    );
    expect(problemOf(run)).toMatchObject({
      code: 'stage-crashed',
      message: "the stage's process was ended by SIGKILL; it wrote last:\n  about to die",
    });
    expect(problemOf(run).hint).toContain('memory ran out');
  });

  it('that crashes', async () => {
    const run = await runSteps(await openProject(), { do: 'kill-itself', signal: 'SIGSEGV' });
    expect(problemOf(run).message).toBe("the stage's process was ended by SIGSEGV");
  });

  it('that ends its process', async () => {
    const run = await runSteps(await openProject(), { do: 'exit', code: 3 });
    expect(problemOf(run).message).toBe(
      "the stage's process ended by itself, with exit code 3, before the stage was done",
    );
  });

  it('that throws where nobody catches it, with the stack in its log', async () => {
    const run = await runSteps(await openProject(), { do: 'throw-uncaught', message: 'out of the blue' });
    expect(problemOf(run)).toMatchObject({ code: 'stage-failed', message: 'out of the blue' });
    expect(outputOf(run, 'stderr')).toMatch(/Error: out of the blue\n\s+at /);
  });

  it.each([
    ['NaN', 'outcome.metrics.value is NaN'],
    ['undefined', 'outcome.metrics.value is undefined'],
    ['date', 'outcome.metrics.value is a Date'],
  ] as const)('that gives %s as a metric', async (value, message) => {
    const run = await runSteps(await openProject(), { do: 'give-metric', value });
    expect(problemOf(run).message).toContain(message);
  });

  it.each(['../out.txt', '/tmp/out.txt', 'a/../../b', 'a//b', '', 'a\\b', 'result.txt'])(
    'that writes to %j',
    async (path) => {
      const run = await runSteps(await openProject(), { do: 'write', path }, { do: 'write', path });
      expect(problemOf(run).code).toBe('stage-failed');
    },
  );

  it('whose program is not there', async () => {
    const run = await (await openProject({ entry: '/nowhere/stage-process.js' })).run({ stage: {} });
    expect(problemOf(run).message).toMatch(/exit code 1.*Cannot find module '\/nowhere\/stage-process.js'/s);
  });

  it('whose folder is not there', async () => {
    const run = await (await openProject({ projectFolder: '/nowhere' })).run({ stage: {} });
    expect(problemOf(run).message).toContain("the stage's process could not be started");
  });
});

describe('a child process', () => {
  it('is used again by the next stage', async () => {
    const project = await openProject({ size: 1 });
    const run = await project.run({ a: { content: 'a' }, b: { content: 'b', needs: ['a'] } });
    expect(pidOf(run, 'b')).toBe(pidOf(run, 'a'));
  });

  it('is replaced after a failure', async () => {
    const project = await openProject({ size: 1 });
    const first = await project.run({ a: { content: 'a' } });
    await runSteps(project, { do: 'throw', message: 'no' });
    const second = await project.run({ b: { content: 'b' } });
    expect(pidOf(second, 'b')).not.toBe(pidOf(first, 'a'));
    expect(isAlive(pidOf(first, 'a'))).toBe(false);
  });

  it('is replaced when it has grown', async () => {
    const project = await openProject({ size: 1, idleBytes: 300 << 20 });
    const steps = [{ do: 'allocate', bytes: 320 << 20 }] as const;
    const run = await project.run({ a: { content: 'a', steps }, b: { content: 'b', needs: ['a'] } });
    expect(run.status).toBe('succeeded');
    expect(pidOf(run, 'b')).not.toBe(pidOf(run, 'a'));
  });

  it('is replaced when a stage left an exception behind, which the next stage does not bear', async () => {
    const project = await openProject({ size: 1 });
    const first = await project.run({ a: { steps: [{ do: 'throw-later', milliseconds: 300 }] } });
    while (isAlive(pidOf(first, 'a'))) await sleep(10);
    expect((await project.run({ next: { content: 'next' } })).status).toBe('succeeded');
  });

  it('is replaced when it is gone before the next stage begins', async () => {
    const project = await openProject({ size: 1 });
    const first = await project.run({ a: { content: 'a' } });
    process.kill(pidOf(first, 'a'), 'SIGKILL');
    expect((await project.run({ next: { content: 'next' } })).status).toBe('succeeded');
  });

  it('ends with the pool, whatever a stage left open', async () => {
    const project = await openProject();
    const steps = [{ do: 'leave-file-open', file: project.path('open') }] as const;
    const run = await project.run({ a: { content: 'a', steps } });
    await project.executor.close();
    expect(isAlive(pidOf(run, 'a'))).toBe(false);
  });

  it('runs no more stages at once than there are jobs', async () => {
    const project = await openProject({ size: 4 });
    const steps = [{ do: 'sleep', milliseconds: 30 }] as const;
    const stages = Object.fromEntries([1, 2, 3, 4, 5, 6].map((n) => [`s${n}`, { content: `${n}`, steps }]));
    let running = 0;
    let most = 0;
    const emit = (event: PipelineEvent): void => {
      if (event.type === 'stage-started') most = Math.max(most, ++running);
      if (event.type === 'stage-finished') running--;
    };
    await project.run(stages, { emit, jobs: 3 });
    expect(most).toBe(3);
  });

  it('waits for what a stage writes without waiting for it', async () => {
    const project = await openProject();
    const run = await project.run({ a: { steps: [{ do: 'write-carelessly', path: 'large.bin' }] } });
    const result = run.stages.get('a' as StageId);
    const files = result?.status === 'ran' ? result.record.artifact.files : [];
    expect(files.map(({ path, bytes }) => [path, bytes])).toContainEqual(['large.bin', 8 << 20]);
  });
});

describe('what a stage prints', () => {
  it('comes as lines before the stage ends, the last without a line break too', async () => {
    const run = await runSteps(
      await openProject(),
      { do: 'print', stream: 'stdout', text: 'línea\n', times: 3 },
      { do: 'print', stream: 'stdout', text: 'no break', times: 1 },
      { do: 'print', stream: 'stderr', text: 'careful\n', times: 1 },
    );
    expect(outputOf(run, 'stdout')).toBe('línea\nlínea\nlínea\nno break');
    expect(outputOf(run, 'stderr')).toBe('careful\n');
    const types = run.events.filter((event) => 'stage' in event && event.stage === 'stage').map(({ type }) => type);
    expect(types.at(-1)).toBe('stage-finished');
  });

  it('is cut where it is 100 MB', async () => {
    const text = `${'x'.repeat(99)}\n`.repeat(1000);
    const run = await runSteps(await openProject(), { do: 'print', stream: 'stdout', text, times: 1000 });
    expect(run.status).toBe('succeeded');
    const printed = outputOf(run, 'stdout');
    expect(printed.length).toBeLessThan(8.5 * (1 << 20));
    // Not always the last line: what comes in a new second is handed on again.
    const leftOut = [...printed.matchAll(/… ([\d,]+) bytes left out …\n/g)].map(([, bytes = '']) =>
      Number(bytes.replaceAll(',', '')),
    );
    const told = leftOut.reduce((sum, bytes) => sum + bytes, 0);
    const handedOn = printed.replaceAll(/… [\d,]+ bytes left out …\n/g, '').length;
    expect(handedOn + told).toBe(100e6);
  });

  it('is progress about ten times a second, the last one always', async () => {
    const run = await runSteps(await openProject(), { do: 'progress', times: 10_000 });
    const progress = run.events.filter((event) => event.type === 'stage-progress');
    expect(progress.length).toBeLessThan(30);
    expect(progress.at(-1)).toMatchObject({ done: 10_000 });
  });
});

describe('a cancelled run', () => {
  const cases: readonly (readonly [string, readonly Step[]])[] = [
    ['listens', [{ do: 'hang' }]],
    ['does not listen', [{ do: 'hang-deaf' }]],
    ['computes without end', [{ do: 'spin' }]],
    ['ignores SIGTERM', [{ do: 'ignore-sigterm' }, { do: 'hang-deaf' }]],
    ['ignores SIGTERM and computes without end', [{ do: 'ignore-sigterm' }, { do: 'spin' }]],
  ];
  it.each(cases)('ends a stage that %s', async (_, steps) => {
    const project = await openProject();
    const note = { do: 'note', file: project.path('begun'), text: 'begun' } as const;
    const cancel = new AbortController();
    const begun = Date.now();
    const running = project.run(
      { stage: { steps: [note, ...steps] }, after: { needs: ['stage'] } },
      { signal: cancel.signal },
    );
    while (!existsSync(project.path('begun'))) await sleep(10);
    cancel.abort();
    const run = await running;
    expect(Date.now() - begun).toBeLessThan(5000);
    expect(run.status).toBe('cancelled');
    expect(problemOf(run).code).toBe('stage-cancelled');
    expect(run.stages.get('after' as StageId)).toEqual({ status: 'skipped', reason: { kind: 'cancelled' } });
    expect(project.leftovers()).toEqual([]);
  });

  it('goes on from the checkpoint that it left', async () => {
    const project = await openProject();
    const cancel = new AbortController();
    const emit = (event: PipelineEvent): void => {
      if (event.type === 'epoch-ended' && event.epoch === 3) cancel.abort();
    };
    const stages = { stage: { content: 'long', epochs: 30 } };
    expect((await project.run(stages, { signal: cancel.signal, emit })).status).toBe('cancelled');
    const result = (await project.run(stages)).stages.get('stage' as StageId);
    const resumedAt = result?.status === 'ran' ? result.record.metrics['resumedAt'] : undefined;
    expect(resumedAt).toBeGreaterThanOrEqual(3);
    expect(resumedAt).toBeLessThan(30);
  });

  it('extends a training by its checkpoint when there are more epochs', async () => {
    const project = await openProject();
    await project.run({ stage: { content: 'long', epochs: 3 } });
    const result = (await project.run({ stage: { content: 'long', epochs: 5 } })).stages.get('stage' as StageId);
    expect(result).toMatchObject({ status: 'ran', record: { metrics: { resumedAt: 3 } } });
  });
});
