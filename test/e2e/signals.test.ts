import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { newProject, type Project } from './project.ts';
import { runJson, tinyPipeline, type Events } from './tiny-pipeline.ts';

/** Long enough to be interrupted in its middle. */
const longPipeline = tinyPipeline.replace('      epochs: 1\n', '      epochs: 400\n');

/** Starts a run, and waits until its teacher has ended a few epochs. */
async function startAndWait(project: Project) {
  const child = project.start('run', 'tiny.yaml', 'train-teacher', '--json');
  let text = '';
  child.stdout.on('data', (data: Buffer) => (text += data.toString()));
  for (let waited = 0; !text.includes('"epoch":4'); waited += 50) {
    if (waited > 30_000) throw new Error(`no four epochs ended: ${text}`);
    await sleep(50);
  }
  return {
    child,
    events: () =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Events[number]),
  };
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  return child.exitCode ?? ((await once(child, 'exit')) as [number | null])[0];
}

/** The stage processes of a run, while it goes on. */
async function stageProcesses(parent: number | undefined): Promise<number[]> {
  const { stdout } = await execa('ps', ['-A', '-o', 'pid=,ppid=']);
  const pairs = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.flatMap(([pid = 0, ppid]) => (ppid === parent ? [pid] : []));
}

/** Those that still run; one that is dead but not yet collected by init does not. */
async function alive(pids: readonly number[]): Promise<number[]> {
  const { stdout } = await execa('ps', ['-A', '-o', 'pid=,stat=']);
  const living = stdout.split('\n').map((line) => line.trim().split(/\s+/));
  return pids.filter((pid) => living.some(([each, state = '']) => Number(each) === pid && !state.startsWith('Z')));
}

describe('a run that is interrupted', () => {
  test.each([
    ['SIGINT', 'it', 130],
    ['SIGINT', 'all of its processes, as a terminal does,', 130],
    ['SIGTERM', 'it', 143],
    ['SIGHUP', 'it', 129],
  ] as const)(
    '%s to %s ends it with %i, leaves no process, and the next run goes on',
    async (signal, whom, code) => {
      const project = await newProject({ 'tiny.yaml': longPipeline });
      const { child, events } = await startAndWait(project);
      const children = await stageProcesses(child.pid);
      expect(children).toHaveLength(1);
      process.kill(whom === 'it' ? Number(child.pid) : -Number(child.pid), signal);
      expect(await exitOf(child)).toBe(code);
      expect(events().at(-1)).toMatchObject({ type: 'run-finished', status: 'cancelled' });
      expect(await alive(children)).toEqual([]);

      const lastEpoch = Math.max(...events().map((event) => Number(event['epoch'] ?? 0)));
      await project.edit('tiny.yaml', 'epochs: 400', `epochs: ${lastEpoch + 1}`);
      const again = await runJson(project, 'train-teacher');
      expect(again.exitCode).toBe(0);
      // It goes on where it was: at most the epoch under way is made again.
      const epochs = again.events.filter(({ type }) => type === 'epoch-ended');
      expect(epochs.length).toBeLessThanOrEqual(2);
      expect(again.events.some((event) => event.type === 'stage-reused' && event.stage === 'load-data')).toBe(true);
    },
    120_000,
  );

  test('a second signal ends it at once', async () => {
    const project = await newProject({ 'tiny.yaml': longPipeline });
    const { child } = await startAndWait(project);
    const children = await stageProcesses(child.pid);
    const asked = Date.now();
    child.kill('SIGINT');
    await sleep(20);
    child.kill('SIGINT');
    expect(await exitOf(child)).toBe(130);
    expect(Date.now() - asked).toBeLessThan(2000);
    await sleep(1500);
    expect(await alive(children)).toEqual([]);
  }, 60_000);
});
