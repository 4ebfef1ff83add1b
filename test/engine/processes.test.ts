import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestStages } from './rig/pipeline.ts';
import { type Project, openProject } from './rig/project.ts';
import { startRunner } from './rig/runner-process.ts';
import type { Step } from './rig/steps.ts';

/** A stage that says that it has begun, and then does this. */
function noted(project: Project, ...steps: Step[]): TestStages {
  return { slow: { content: 'slow', steps: [{ do: 'note', file: project.path('begun'), text: 'begun' }, ...steps] } };
}

/** How often the stage has begun. */
function beginnings(project: Project): number {
  return existsSync(project.path('begun')) ? readFileSync(project.path('begun'), 'utf8').trim().split('\n').length : 0;
}

async function until(condition: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    if (condition()) return;
    await sleep(10);
  }
  throw new Error(`waited in vain until ${what}`);
}

/** By the system's own list; what has ended and was not yet collected does not count. */
function processesOfGroup(group: number): readonly string[] {
  const list = execFileSync('ps', ['-A', '-o', 'pgid=,pid=,stat='], { encoding: 'utf8' });
  return list.split('\n').filter((line) => line.trim().startsWith(`${group} `) && !line.includes(' Z'));
}

describe('two runs on one store', () => {
  it('compute a key once: the second waits, says for whom, and takes the result', async () => {
    const project = await openProject();
    const stages = noted(project, { do: 'wait-for', file: project.path('go') });
    const first = await startRunner(project, stages, 'run-one');
    await until(() => beginnings(project) === 1, 'the first run has begun');
    const second = await startRunner(project, stages, 'run-two');
    expect(await second.event('stage-waiting')).toMatchObject({
      holder: expect.stringContaining('run-one') as unknown,
    });
    await writeFile(project.path('go'), '');
    await Promise.all([first.ended(), second.ended()]);
    expect(beginnings(project)).toBe(1);
    expect(first.events.map(({ type }) => type)).toContain('stage-finished');
    expect(second.events.map(({ type }) => type)).toEqual([
      'run-started',
      'stage-waiting',
      'stage-reused',
      'run-finished',
    ]);
    expect(project.leftovers()).toEqual([]);
  });

  it('do not wait for a holder that was killed', async () => {
    const project = await openProject();
    const stages = noted(project, { do: 'wait-for', file: project.path('go') });
    const first = await startRunner(project, stages, 'run-one');
    await until(() => beginnings(project) === 1, 'the first run has begun');
    const second = await startRunner(project, stages, 'run-two');
    await second.event('stage-waiting');
    first.kill('SIGKILL');
    await until(() => beginnings(project) === 2, 'the second run has begun');
    await writeFile(project.path('go'), '');
    await second.ended();
    expect(second.events.at(-1)).toMatchObject({ type: 'run-finished', status: 'succeeded' });
    expect(project.leftovers()).toEqual([]);
  });

  it('let others work while one waits', async () => {
    const project = await openProject();
    const slow = noted(project, { do: 'wait-for', file: project.path('go') });
    const first = await startRunner(project, slow, 'run-one');
    await until(() => beginnings(project) === 1, 'the first run has begun');
    const events: string[] = [];
    const running = project.run(
      { ...slow, quick: { content: 'quick' } },
      { jobs: 1, emit: (event) => events.push('stage' in event ? `${event.stage} ${event.type}` : event.type) },
    );
    await until(() => events.includes('quick stage-finished'), 'the other stage has run');
    expect(events).toContain('slow stage-waiting');
    await writeFile(project.path('go'), '');
    expect((await running).status).toBe('succeeded');
    await first.ended();
  });
});

describe('a run that is killed', () => {
  it.each([
    ['that waits', { do: 'hang' }],
    ['that computes without end', { do: 'spin' }],
  ] as const)('leaves no child %s', async (_, step) => {
    const project = await openProject();
    const runner = await startRunner(project, noted(project, step), 'run-one');
    await until(() => beginnings(project) === 1, 'the stage has begun');
    expect(processesOfGroup(runner.pid).length).toBe(2);
    runner.kill('SIGKILL');
    await until(() => processesOfGroup(runner.pid).length === 0, 'no process of the run is left');
  });

  it('leaves nothing in the way of the next run', async () => {
    const project = await openProject();
    const stages = noted(project, { do: 'wait-for', file: project.path('go') });
    const killed = await startRunner(project, stages, 'run-one');
    await until(() => beginnings(project) === 1, 'the stage has begun');
    killed.kill('SIGKILL');
    await killed.ended();
    await writeFile(project.path('go'), '');
    const next = await startRunner(project, stages, 'run-two');
    await next.ended();
    expect(next.events.at(-1)).toMatchObject({ type: 'run-finished', status: 'succeeded' });
    expect(project.leftovers()).toEqual([]);
  });
});

describe('Ctrl-C', () => {
  it('reaches the whole group, but the parent alone decides: the stage stops at a checkpoint', async () => {
    const project = await openProject();
    const stages = { slow: { content: 'slow', epochs: 1000 } };
    const runner = await startRunner(project, stages, 'run-one');
    await runner.event('epoch-ended');
    runner.killGroup('SIGINT');
    await runner.ended();
    expect(runner.events.find(({ type }) => type === 'stage-failed')).toMatchObject({
      problem: { code: 'stage-cancelled' },
    });
    expect(runner.events.at(-1)).toMatchObject({ type: 'run-finished', status: 'cancelled' });
    expect(processesOfGroup(runner.pid)).toEqual([]);
    expect(project.leftovers()).toEqual([]);
  });
});
