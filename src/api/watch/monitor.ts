import { setTimeout as sleep } from 'node:timers/promises';
import type { PipelineSource } from '../pipeline-sources.ts';
import { openHints } from './hints.ts';
import { firstLook, type Look, lookAt, mayDiffer, sameStamps, stampAt } from './look.ts';

/** Sees when sources change. Hints only say when to look: what counts are stamps, and then content. */
export interface Monitor {
  /**
   * From now on these; of those that it had, what it saw stays.
   * @param since when the run began to read them, milliseconds since 1970
   */
  replace(sources: readonly PipelineSource[], since: number): void;
  /** Takes all of them as they are now: a run is about to read them. */
  refresh(): void;
  /**
   * Waits until a source is another than when it was seen first, and then until all of them rest.
   * @returns the paths; undefined where the signal came before
   */
  change(signal: AbortSignal): Promise<readonly string[] | undefined>;
  close(): void;
}

/** Whether a data file whose stamp has changed, has the same content. */
export type SameData = (path: string, before: Look, now: Look) => Promise<boolean>;

interface Seen {
  readonly source: PipelineSource;
  readonly look: Look;
}

export function openMonitor(sources: readonly PipelineSource[], sameData: SameData): Monitor {
  const seen = new Map<string, Seen>();
  const hints = openHints();
  const see = (source: PipelineSource, look: Look): void => void seen.set(source.path, { source, look });
  for (const source of sources) see(source, lookAt(source));
  hints.watch([...seen.keys()]);
  return {
    replace(now, since) {
      const before = new Map(seen);
      seen.clear();
      for (const source of now) see(source, before.get(source.path)?.look ?? firstLook(source, since));
      hints.watch([...seen.keys()]);
    },
    refresh() {
      for (const { source } of [...seen.values()]) see(source, lookAt(source));
    },
    async change(signal) {
      while (!signal.aborted) {
        const began = performance.now();
        const isQuiet = differing().length === 0;
        const took = performance.now() - began;
        if (!isQuiet) {
          await rest(signal);
          const changed = await lookAgain();
          if (changed.length > 0) return changed;
        }
        await hints.next(signal);
        // Stages may write into these folders all the time.
        await sleep(Math.max(GATHER_MS, took * 10), undefined, { signal }).catch(() => undefined);
      }
      return undefined;
    },
    close: () => {
      hints.close();
    },
  };

  function differing(): readonly Seen[] {
    return [...seen.values()].filter(({ source, look }) => mayDiffer(source.path, look));
  }

  /** A person who saves several files, or a program that writes one in pieces, asks for one run. */
  async function rest(signal: AbortSignal): Promise<void> {
    for (let before = stamps(); !signal.aborted;) {
      await sleep(REST_MS, undefined, { signal }).catch(() => undefined);
      const now = stamps();
      if (now.every((stamp, index) => sameStamps(stamp, before[index]))) return;
      before = now;
    }
  }

  function stamps(): readonly Look['stamp'][] {
    return [...seen.keys()].map(stampAt);
  }

  async function lookAgain(): Promise<readonly string[]> {
    const changed: string[] = [];
    for (const { source, look: before } of differing()) {
      const now = lookAt(source);
      see(source, now);
      if (!(await isSame(source, before, now))) changed.push(source.path);
    }
    return changed;
  }

  async function isSame({ path, counts }: PipelineSource, before: Look, now: Look): Promise<boolean> {
    if (before.unsure === true || before.stamp === undefined || now.stamp === undefined) {
      return before.unsure !== true && before.stamp === now.stamp;
    }
    if (counts === 'data') return sameStamps(before.stamp, now.stamp) || sameData(path, before, now);
    return before.content === now.content;
  }
}

const GATHER_MS = 50;
const REST_MS = 200;
