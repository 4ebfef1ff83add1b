import { afterEach } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { PipelineEvent } from '../../../src/core/event.ts';
import { builtProgram } from './build.ts';
import type { TestStages } from './pipeline.ts';
import type { Project } from './project.ts';
import type { RunnerOrder } from './runner.ts';

export interface RunnerProcess {
  readonly pid: number;
  readonly events: readonly PipelineEvent[];
  /** Waits for an event of this type, and of this stage if one is named. */
  event(type: PipelineEvent['type'], stage?: string): Promise<PipelineEvent>;
  kill(signal: NodeJS.Signals): void;
  /** As a terminal does: to the process and all its children. */
  killGroup(signal: NodeJS.Signals): void;
  ended(): Promise<void>;
}

const started: ChildProcess[] = [];
afterEach(() => {
  for (const process of started.splice(0)) process.kill('SIGKILL');
});

/** A run as a process of its own, in a process group of its own. */
export async function startRunner(project: Project, stages: TestStages, run: string): Promise<RunnerProcess> {
  const order: RunnerOrder = {
    run,
    stages,
    folder: project.folder,
    store: project.storeFolder,
    entry: await builtProgram('stage-process'),
  };
  const child = spawn(process.execPath, [await builtProgram('runner'), JSON.stringify(order)], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.push(child);
  const events: PipelineEvent[] = [];
  const waiting = new Set<() => void>();
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (text + chunk).split('\n');
    text = lines.pop() ?? '';
    events.push(...lines.map((line) => JSON.parse(line) as PipelineEvent));
    for (const look of waiting) look();
  });
  const closed = once(child, 'close');
  const { pid } = child;
  if (pid === undefined) throw new Error('the runner did not start');
  return {
    pid,
    events,
    event: (type, stage) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = events.find(
            (event) => event.type === type && (stage === undefined || ('stage' in event && event.stage === stage)),
          );
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    kill: (signal) => {
      child.kill(signal);
    },
    killGroup: (signal) => {
      process.kill(-pid, signal);
    },
    async ended() {
      await closed;
    },
  };
}
