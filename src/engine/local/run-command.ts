import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { CommandTask, ExecutionFailure, StageExecution, StageHooks } from '../executor.ts';
import { Prints } from './prints.ts';
import type { Watchdog } from './watchdog.ts';

export interface CommandOptions {
  readonly watchdog: Watchdog;
  /** How long it may take to stop after SIGTERM. */
  readonly graceMilliseconds: number;
}

/**
 * Runs a command in a process group of its own, and ends all of the group when the command has ended: what it left behind in the
 * background too. Settles when nothing of it runs any more. Rejects with what a hook throws.
 */
export async function runCommand(
  command: CommandTask,
  hooks: StageHooks,
  { watchdog, graceMilliseconds }: CommandOptions,
): Promise<StageExecution> {
  const { argv, folder, env } = command;
  // It waits for a word before it begins, and for nothing if this process is gone before.
  const started = spawn('sh', ['-c', GATE, 'sh', ...argv], {
    cwd: folder,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const ended = endOf(started);
  const group = started.pid;
  if (group === undefined) return { status: 'failed', failure: notStarted(await ended) };
  const printing = printsOf(started, hooks);
  const stopping = stopOnAbort(group, hooks.signal, graceMilliseconds);
  try {
    await watchdog.guard(group);
    const gate = started.stdio[3] as NodeJS.WritableStream;
    gate.on('error', () => undefined);
    gate.end('\n');
    const end = await Promise.race([ended, printing.failed]);
    signalGroup(group, 'SIGKILL');
    await printing.closed;
    if (hooks.signal.aborted) return { status: 'cancelled' };
    if (end.code === 0) return { status: 'done', outcome: { metrics: {} } };
    return { status: 'failed', failure: failureOf(end, argv, printing.stderrTail()) };
  } finally {
    signalGroup(group, 'SIGKILL');
    stopping.over();
    watchdog.release(group);
  }
}

const GATE = 'read -r _ <&3 || exit 125; exec "$@" 3<&-';

interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly error?: Error;
}

function endOf(process: ChildProcess): Promise<End> {
  return new Promise((resolve) => {
    process.once('error', (error) => {
      if (process.pid === undefined) resolve({ code: null, signal: null, error });
    });
    process.once('exit', (code, signal) => {
      resolve({ code, signal });
    });
  });
}

interface Printing {
  /** All that was printed has been handed on, as far as it can be told. */
  readonly closed: Promise<void>;
  /** Rejects with what a hook throws. */
  readonly failed: Promise<never>;
  readonly stderrTail: () => string;
}

function printsOf(process: ChildProcess, hooks: StageHooks): Printing {
  // A command writes no mark; its end is told by its pipes.
  const prints = new Prints(`\0${randomUUID()}\0`, hooks.output);
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  failed.catch(() => undefined);
  const guarded = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)));
    }
  };
  for (const stream of ['stdout', 'stderr'] as const) {
    process[stream]?.on('data', (chunk: Buffer) => {
      guarded(() => {
        prints.push(stream, chunk);
      });
    });
  }
  const closed = new Promise<void>((resolve) => {
    const close = (): void => {
      clearTimeout(patience);
      guarded(() => {
        prints.end();
      });
      resolve();
    };
    process.once('close', close);
    let patience: NodeJS.Timeout | undefined;
    process.once('exit', () => {
      // A process that left the group may hold the pipes open.
      patience = setTimeout(() => {
        process.stdout?.destroy();
        process.stderr?.destroy();
        close();
      }, PIPE_PATIENCE_MS);
    });
  });
  return { closed, failed, stderrTail: () => prints.stderrTail };
}

const PIPE_PATIENCE_MS = 500;

/** SIGTERM when the run is cancelled, then SIGKILL. */
function stopOnAbort(group: number, signal: AbortSignal, graceMilliseconds: number): { over(): void } {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    signalGroup(group, 'SIGTERM');
    timer = setTimeout(() => {
      signalGroup(group, 'SIGKILL');
    }, graceMilliseconds);
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  return {
    over() {
      signal.removeEventListener('abort', stop);
      clearTimeout(timer);
    },
  };
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // Nothing of it is left.
  }
}

function notStarted({ error }: End): ExecutionFailure {
  return {
    code: 'stage-failed',
    message: `the command could not be started: ${error?.message ?? 'no reason was given'}`,
  };
}

function failureOf({ code, signal }: End, argv: readonly string[], stderr: string): ExecutionFailure {
  const how = signal === null ? `ended with exit code ${code ?? 'unknown'}` : `was ended by ${signal}`;
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const said = lines.slice(-MOST_LINES).map((line) => `\n  ${line}`);
  const hint = said.length > 0 ? `it wrote last:${said.join('')}` : hintFor({ code, signal }, argv);
  return {
    code: 'stage-failed',
    message: `the command ${how}`,
    pointer: '/with/run',
    ...(hint === undefined ? {} : { hint }),
  };
}

const MOST_LINES = 8;

function hintFor({ code, signal }: End, argv: readonly string[]): string | undefined {
  if (code === 127) return `is ${argv[0] ?? 'the program'} installed, and in PATH?`;
  if (signal !== 'SIGKILL') return undefined;
  return 'if nobody ended it on purpose, the system did because memory ran out: try fewer stages at once (-j 1)';
}
