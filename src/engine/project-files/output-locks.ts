import { join } from 'node:path';
import { sha256 } from '../../base/hash.ts';
import type { RunId, StageId, StageKey } from '../../core/ids.ts';
import type { Store, StoreLock } from '../../core/store.ts';

/**
 * Keeps other runs from writing to outputs in the same project folder while a stage of this run makes or reads them. Stages of one
 * run share a lock: among them, the graph's order is what keeps them apart.
 *
 * Whoever takes several takes them in the order of their names, and after its place among the stages that run at once: so of those
 * that wait for one another, the one with the last name has all that it needs.
 */
export interface OutputLocks {
  /** @returns gives them back */
  hold(outputs: Iterable<string>, waiting: (holder: string) => void): Promise<() => Promise<void>>;
  /** For what two stages of this run may want to do to the outputs of a third: one after the other. */
  inTurn<T>(stage: StageId, work: () => Promise<T>): Promise<T>;
}

export interface LockedFolder {
  readonly store: Pick<Store, 'lock'>;
  /** The project's; absolute. */
  readonly folder: string;
  readonly run: RunId;
  readonly signal: AbortSignal;
}

export function outputLocks({ store, folder, run, signal }: LockedFolder): OutputLocks {
  const held = new Map<string, { holders: number; readonly lock: Promise<StoreLock> }>();
  const give = async (path: string): Promise<void> => {
    const own = held.get(path);
    if (own === undefined || --own.holders > 0) return;
    held.delete(path);
    await (await own.lock).release();
  };
  const turns = new Map<StageId, Promise<unknown>>();
  return {
    inTurn(stage, work) {
      const before = turns.get(stage) ?? Promise.resolve();
      const own = before.then(work, work);
      turns.set(stage, own);
      return own;
    },
    async hold(outputs, waiting) {
      const taken: string[] = [];
      const giveAll = async (): Promise<void> => {
        for (const path of taken.splice(0)) await give(path);
      };
      try {
        for (const path of [...new Set(outputs)].sort()) {
          const own = held.get(path) ?? { holders: 0, lock: store.lock(nameOf(path), { signal, run, waiting }) };
          own.holders++;
          held.set(path, own);
          try {
            await own.lock;
          } catch (error) {
            held.delete(path);
            throw error;
          }
          taken.push(path);
        }
        return giveAll;
      } catch (error) {
        await giveAll();
        throw error;
      }
    },
  };

  /** A lock is named by a digest; this one is no key's. */
  function nameOf(path: string): StageKey {
    return sha256(`an output in a project folder\n${join(folder, path)}`) as StageKey;
  }
}
