import { RemoteError } from '../../core/remote-error.ts';
import type { StageSpec } from '../../core/pipeline-spec.ts';
import type { StageRecord } from '../../core/stage-record.ts';
import { StoreError } from '../../core/store-error.ts';
import type { Store } from '../../core/store.ts';
import { bring, bringObjects } from '../../store/remote/backed-store.ts';
import type { RemoteStore } from '../../store/remote/remote-store.ts';

interface Bringing {
  readonly store: Store;
  readonly remote: RemoteStore;
  readonly warn: (message: string) => void;
  readonly signal: AbortSignal;
}

/** Brings here what the stages of a run made elsewhere, as they end: what reads results finds them as after a run on this machine. */
export interface BroughtResults {
  bring(stage: StageSpec, record: StageRecord): void;
  /** Kept when all that was begun has come, or has failed: a result that stays where it is fails no run. */
  done(): Promise<void>;
  /** Whether any came. */
  any(): boolean;
}

export function broughtResults({ store, remote, warn, signal }: Bringing): BroughtResults {
  const underWay: Promise<void>[] = [];
  /** That a remote or a disk refused: tried once more when all has ended. */
  const left: (() => Promise<void>)[] = [];
  let bytes = 0;
  const bringing = {
    ...{ remote, signal },
    replace: true,
    brought: (_: StageRecord, size: number) => {
      bytes += size;
    },
  };

  async function come(fetch: () => Promise<void>): Promise<void> {
    if (left.length === 0 && (await failureOf(fetch)) === undefined) return;
    left.push(fetch);
  }

  async function failureOf(fetch: () => Promise<void>): Promise<Error | undefined> {
    try {
      signal.throwIfAborted();
      await fetch();
      return undefined;
    } catch (error) {
      if (signal.aborted || error instanceof RemoteError || error instanceof StoreError) return error as Error;
      throw error;
    }
  }

  return {
    bring(stage, record) {
      // What is not kept for other runs is kept for this one, as long as it is.
      const coming = come(async () => {
        const whole =
          stage.policy?.cache === false
            ? await bringObjects(store, record, bringing)
            : (await bring(store, record, bringing)) !== undefined;
        if (!whole) throw new RemoteError(`${remote.name} has not all that ${stage.id} made, or has it damaged`);
      });
      // A bug is for who waits for all.
      coming.catch(() => undefined);
      underWay.push(coming);
    },
    async done() {
      await Promise.all(underWay);
      for (const fetch of left) {
        const failed = await failureOf(fetch);
        if (failed === undefined) continue;
        if (signal.aborted) return;
        warn(`${failed.message}: results stay in ${remote.name}; \`pipeline pull\` brings them here`);
        return;
      }
    },
    any: () => bytes > 0,
  };
}
