import { type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';

/** Says that something may have changed: when the system says so of a folder, and now and then in any case. */
export interface Hints {
  /** From now on the folders that these lie in. */
  watch(paths: readonly string[]): void;
  /** Waits for the next one, also for one that came since the last; or for the signal. */
  next(signal: AbortSignal): Promise<void>;
  close(): void;
}

export function openHints(): Hints {
  let watchers: readonly FSWatcher[] = [];
  let came = false;
  let wake: (() => void) | undefined;
  const close = (): void => {
    for (const watcher of watchers) watcher.close();
    watchers = [];
  };
  const hint = (): void => {
    came = true;
    wake?.();
  };
  return {
    watch(paths) {
      close();
      const folders = [...new Set(paths.map((path) => dirname(path)))].slice(0, MOST_FOLDERS);
      watchers = folders.flatMap((folder) => watchFolder(folder, hint));
    },
    async next(signal) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => wake?.(), POLL_MS);
        const over = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', over);
          resolve();
        };
        wake = over;
        signal.addEventListener('abort', over);
        if (came || signal.aborted) over();
      });
      came = false;
    },
    close,
  };
}

/** For network disks, which tell nothing, and for folders that cannot be watched. */
const POLL_MS = 2000;
/** A system lets a person watch some thousands; the others are looked at as often as what cannot be watched. */
const MOST_FOLDERS = 256;

/** The folder and not the file: many editors save by renaming another file into its place. */
function watchFolder(folder: string, hint: () => void): readonly FSWatcher[] {
  try {
    const watcher = watch(folder, hint);
    watcher.on('error', () => {
      watcher.close();
    });
    return [watcher];
  } catch {
    // Not there, or no more may be watched.
    return [];
  }
}
