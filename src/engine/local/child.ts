import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { StageExecution, StageHooks, StageTask } from '../executor.ts';
import { type Departure, crashFailure } from './crash.ts';
import { LoadLimit } from './load-limit.ts';
import type { FromChild, ToChild } from './messages.ts';
import { Prints } from './prints.ts';

export interface ChildOptions {
  readonly entry: string;
  readonly cwd: string;
  readonly downloadFolder: string;
  /** How long a stage may take to stop by itself, and again after SIGTERM. */
  readonly graceMilliseconds: number;
  /** How long the native backend may take to load. */
  readonly loadMilliseconds: number;
}

/** One child process, which runs one stage after the other. */
export class Child {
  /** Whether it has computed with tensors: then the backend is loaded. */
  tensors = false;
  /** After its last stage. */
  rssBytes = 0;
  #stagesBegun = 0;
  readonly #options: ChildOptions;
  readonly #process: ChildProcess;
  readonly #gone: Promise<Departure>;
  readonly #loadLimit: LoadLimit;
  #hear: (message: FromChild) => void = ignore;
  #print: (stream: 'stdout' | 'stderr', chunk: Buffer) => void = ignore;

  constructor(options: ChildOptions) {
    this.#options = options;
    this.#process = fork(options.entry, {
      cwd: options.cwd,
      // This process' own flags (a debugger's port, a test runner's) are not meant for children; NODE_OPTIONS reaches them.
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#process.on('message', (message) => {
      this.#hear(message as FromChild);
    });
    this.#process.stdout?.on('data', (chunk: Buffer) => {
      this.#print('stdout', chunk);
    });
    this.#process.stderr?.on('data', (chunk: Buffer) => {
      this.#print('stderr', chunk);
    });
    this.#gone = departureOf(this.#process);
    this.#loadLimit = new LoadLimit(options.loadMilliseconds, () => this.#process.kill('SIGKILL'));
  }

  /** Whether another stage can be given to it. */
  get usable(): boolean {
    return this.#process.connected && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /**
   * Settles when the stage has ended, or the whole process has. Rejects with what a hook throws.
   * @returns undefined where the process was gone before the stage began, by the fault of an earlier one
   */
  async run(task: StageTask, hooks: StageHooks): Promise<StageExecution | undefined> {
    const begunBefore = this.#stagesBegun;
    this.tensors ||= task.tensors;
    const mark = `\0${randomUUID()}\0`;
    const prints = new Prints(mark, hooks.output);
    const ended = this.#hearEnd(hooks, prints);
    this.#send({ type: 'run', task, downloadFolder: this.#options.downloadFolder, mark });
    const stopping = this.#stopOnAbort(hooks.signal);
    try {
      const end = await Promise.race([ended, this.#gone]);
      if (end.status !== 'gone') {
        // The message may be here before what was printed earlier.
        await Promise.race([prints.complete, this.#gone, delay(PRINT_PATIENCE_MS, undefined, { ref: false })]);
        prints.end();
        return end;
      }
      if (isSentToGroups(end.signal)) await delay(SIGNAL_PATIENCE_MS);
      prints.end();
      if (hooks.signal.aborted) return { status: 'cancelled' };
      if (this.#loadLimit.failure !== undefined) return { status: 'failed', failure: this.#loadLimit.failure };
      if (begunBefore > 0 && this.#stagesBegun === begunBefore) return undefined;
      return { status: 'failed', failure: crashFailure(end, prints.stderrTail, this.#loadLimit.hintForCrash) };
    } finally {
      stopping.over();
      this.#loadLimit.over();
      this.#hear = ignore;
      this.#print = ignore;
    }
  }

  /** Ends the process, and waits until it is gone. */
  async end(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#gone;
  }

  #hearEnd(hooks: StageHooks, prints: Prints): Promise<StageExecution> {
    return new Promise((resolve, reject) => {
      const guarded = (work: () => void): void => {
        try {
          work();
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      this.#print = (stream, chunk) => {
        guarded(() => {
          prints.push(stream, chunk);
        });
      };
      this.#hear = (message) => {
        guarded(() => {
          switch (message.type) {
            case 'begun':
              this.#stagesBegun++;
              return;
            case 'loading':
              this.#loadLimit.begin(message.backend);
              return;
            case 'loaded':
              this.#loadLimit.over();
              return;
            case 'progress':
              hooks.progress(message.event);
              return;
            case 'ended':
              this.rssBytes = message.rssBytes;
              resolve(message.execution);
          }
        });
      };
    });
  }

  /** When the run is cancelled: asks the stage, then sends SIGTERM, then SIGKILL. */
  #stopOnAbort(signal: AbortSignal): { over(): void } {
    const timers: NodeJS.Timeout[] = [];
    const ask = (): void => {
      const { graceMilliseconds } = this.#options;
      this.#send({ type: 'cancel' });
      timers.push(setTimeout(() => this.#process.kill('SIGTERM'), graceMilliseconds));
      timers.push(setTimeout(() => this.#process.kill('SIGKILL'), graceMilliseconds * 2));
    };
    if (signal.aborted) ask();
    else signal.addEventListener('abort', ask, { once: true });
    return {
      over() {
        signal.removeEventListener('abort', ask);
        timers.forEach(clearTimeout);
      },
    };
  }

  /** Whoever cannot be reached is about to be gone, which is heard of otherwise. */
  #send(message: ToChild): void {
    this.#process.send(message, ignore);
  }
}

/** Signals that a terminal or a supervisor sends to the whole group: this process is about to hear of it too. */
function isSentToGroups(signal: NodeJS.Signals | null): boolean {
  return signal === 'SIGINT' || signal === 'SIGHUP' || signal === 'SIGTERM';
}

const SIGNAL_PATIENCE_MS = 100;
const PRINT_PATIENCE_MS = 1000;

function departureOf(process: ChildProcess): Promise<Departure> {
  return new Promise((resolve) => {
    process.once('error', (error) => {
      // Also said of messages that could not be sent; only without a process id was none started.
      if (process.pid === undefined) resolve({ status: 'gone', code: null, signal: null, error });
    });
    process.once('exit', (code, signal) => {
      const gone = (): void => {
        process.stdout?.destroy();
        process.stderr?.destroy();
        resolve({ status: 'gone', code, signal });
      };
      // What it printed last is read until its pipes close; a process that it left behind may hold them open.
      process.once('close', gone);
      setTimeout(gone, PIPE_PATIENCE_MS).unref();
    });
  });
}

const PIPE_PATIENCE_MS = 500;

function ignore(): void {
  // Nobody listens between stages.
}
