import type { ExecutionFailure } from '../executor.ts';

/** How a child process ended. */
export interface Departure {
  readonly status: 'gone';
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** It could not be started at all. */
  readonly error?: Error;
}

/**
 * @param stderr the end of what the stage wrote to it
 * @param known what is known of the cause, where nothing better is
 */
export function crashFailure(departure: Departure, stderr: string, known?: string): ExecutionFailure {
  // Where in Node it happened helps nobody; the whole text is in the stage's log.
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !STACK_LINE.test(line));
  const shown = lines.slice(-MOST_LINES).map((line) => `\n  ${line}`);
  const said = shown.length === 0 ? '' : `; it wrote last:${shown.join('')}`;
  const hint = hintFor(departure, stderr) ?? known;
  return { code: 'stage-crashed', message: `${howItEnded(departure)}${said}`, ...(hint === undefined ? {} : { hint }) };
}

const MOST_LINES = 8;

/** Of JavaScript, and of V8 itself where memory ran out. */
const STACK_LINE = /^\s+at |^\s*\d+: 0x[0-9a-f]+ |^-+ Native stack trace -+$/;

function howItEnded({ code, signal, error }: Departure): string {
  if (error !== undefined) return `the stage's process could not be started: ${error.message}`;
  if (signal !== null) return `the stage's process was ended by ${signal}`;
  return `the stage's process ended by itself, with exit code ${code ?? 'unknown'}, before the stage was done`;
}

/** What V8, WebAssembly and C++ say where the system gives no more. */
export const OUT_OF_MEMORY = /allocation failed|allocate memory|out of memory|std::bad_alloc/i;

export const LESS_MEMORY = 'memory ran out; try fewer stages at once (-j 1), or a smaller batchSize';

const MORE_HEAP = 'NODE_OPTIONS=--max-old-space-size=8192 allows 8 GiB';

function hintFor({ signal }: Departure, stderr: string): string | undefined {
  if (stderr.includes('heap limit')) return `memory of JavaScript ran out: ${MORE_HEAP}`;
  // Where V8 could not move an object it does not say whether its own limit or the system's was reached.
  if (stderr.includes('heap out of memory')) return `${LESS_MEMORY}; if this machine has memory left, ${MORE_HEAP}`;
  if (OUT_OF_MEMORY.test(stderr)) return LESS_MEMORY;
  if (signal === 'SIGKILL') {
    return `if nobody ended it on purpose, the system did: ${LESS_MEMORY}`;
  }
  return undefined;
}
