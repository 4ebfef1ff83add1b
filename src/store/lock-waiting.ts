import { type FSWatcher, watch } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Patience {
  /** Until something in the folder changes, or a while has passed: a process that dies changes no file. */
  aChange(): Promise<void>;
  /** A short time drawn at random, after a lost race. */
  aMoment(): Promise<void>;
}

/** @param signal ends every wait, with its reason */
export function patience(folder: string, signal: AbortSignal): Patience {
  let next = SHORTEST_MS;
  return {
    async aChange() {
      const limit = next;
      next = Math.min(LONGEST_MS, next * 1.5);
      await changeOrDelay(folder, limit, signal);
    },
    async aMoment() {
      await delay(1 + Math.random() * RACE_MS, signal);
    },
  };
}

const SHORTEST_MS = 50;
const LONGEST_MS = 500;
const RACE_MS = 15;

async function changeOrDelay(folder: string, milliseconds: number, signal: AbortSignal): Promise<void> {
  const changed = new AbortController();
  const watcher = tryToWatch(folder, () => {
    changed.abort();
  });
  try {
    await delay(milliseconds, AbortSignal.any([signal, changed.signal]));
  } catch (error) {
    if (!changed.signal.aborted || signal.aborted) throw error;
  } finally {
    watcher?.close();
  }
}

/** Watching only shortens the wait, so it may fail: the folder is gone, the system has no watches left, a network disk has none. */
function tryToWatch(folder: string, changed: () => void): FSWatcher | undefined {
  try {
    return watch(folder, changed).on('error', changed);
  } catch {
    return undefined;
  }
}

async function delay(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
