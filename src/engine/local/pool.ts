import { setMaxListeners } from 'node:events';
import { Slots } from '../../base/slots.ts';
import type { StageExecution, StageExecutor, StageHooks, StageTask } from '../executor.ts';
import { Child } from './child.ts';
import { runCommand } from './run-command.ts';
import { Watchdog } from './watchdog.ts';

export interface LocalExecutorOptions {
  /** Path of the built stage-process.js. */
  readonly entry: string;
  /** Child processes at most. */
  readonly size: number;
  /** Absolute; the working folder of the children. */
  readonly projectFolder: string;
  /** Absolute; for downloads, outlives runs. */
  readonly downloadFolder: string;
  /** How long a stage may take to stop by itself, and again after SIGTERM. 5,000 if absent. */
  readonly graceMilliseconds?: number;
  /** How long the native backend may take to load. 60,000 if absent. */
  readonly loadMilliseconds?: number;
  /** A child that has grown beyond it is replaced after its stage. 1 GiB if absent. */
  readonly idleBytes?: number;
}

/** Runs stages in a warm pool of child processes, which are started when first needed. */
export function openLocalExecutor(options: LocalExecutorOptions): StageExecutor {
  const pool = new Pool(options);
  return {
    execute: (task, hooks) => pool.execute(task, hooks),
    close: () => pool.close(),
  };
}

class Pool {
  readonly #options: LocalExecutorOptions;
  readonly #slots: Slots;
  readonly #idle: Child[] = [];
  readonly #busy = new Set<Promise<unknown>>();
  readonly #closing = new AbortController();
  readonly #watchdog = new Watchdog();

  constructor(options: LocalExecutorOptions) {
    this.#options = options;
    this.#slots = new Slots(options.size);
    setMaxListeners(0, this.#closing.signal);
  }

  async execute(task: StageTask, hooks: StageHooks): Promise<StageExecution> {
    const signal = AbortSignal.any([hooks.signal, this.#closing.signal]);
    return this.#slots.within(async () => {
      if (signal.aborted) return { status: 'cancelled' };
      const execution = this.#execute(task, { ...hooks, signal });
      this.#busy.add(execution);
      try {
        return await execution;
      } finally {
        this.#busy.delete(execution);
      }
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#busy);
    await Promise.all(this.#idle.splice(0).map((child) => child.end()));
    this.#watchdog.close();
  }

  async #execute(task: StageTask, hooks: StageHooks): Promise<StageExecution> {
    if (task.command !== undefined) {
      const { graceMilliseconds = GRACE_MS } = this.#options;
      return runCommand(task.command, hooks, { watchdog: this.#watchdog, graceMilliseconds });
    }
    for (;;) {
      const execution = await this.#executeIn(this.#takeChild(task), task, hooks);
      if (execution !== undefined) return execution;
    }
  }

  async #executeIn(child: Child, task: StageTask, hooks: StageHooks): Promise<StageExecution | undefined> {
    let done = false;
    try {
      const execution = await child.run(task, hooks);
      done = execution?.status === 'done';
      return execution;
    } finally {
      // A stage that failed or was stopped may have left anything behind; and nothing of it may run on.
      if (done && child.usable && child.rssBytes <= (this.#options.idleBytes ?? 1 << 30)) this.#idle.push(child);
      else await child.end();
    }
  }

  /** Of those that wait, one that has the backend loaded if the stage needs it, and one that has not if it does not. */
  #takeChild(task: StageTask): Child {
    const waiting = this.#idle.splice(0).filter((child) => child.usable);
    const fitting = waiting.findIndex((child) => child.tensors === task.tensors);
    const [child] = waiting.splice(Math.max(0, fitting), 1);
    this.#idle.push(...waiting);
    return child ?? this.#startChild();
  }

  #startChild(): Child {
    const { entry, projectFolder, downloadFolder } = this.#options;
    const { graceMilliseconds = GRACE_MS, loadMilliseconds = LOAD_MS } = this.#options;
    return new Child({ entry, cwd: projectFolder, downloadFolder, graceMilliseconds, loadMilliseconds });
  }
}

const GRACE_MS = 5000;

/** Loading takes a second or two. */
const LOAD_MS = 60_000;
