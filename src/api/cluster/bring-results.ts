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
  const state = { bytes: 0, hasFailed: false };
  const bringing = {
    ...{ remote, signal },
    replace: true,
    brought: (_: StageRecord, bytes: number) => {
      state.bytes += bytes;
    },
  };

  async function come(stage: StageSpec, record: StageRecord): Promise<void> {
    if (state.hasFailed || signal.aborted) return;
    try {
      // What is not kept for other runs is kept for this one, as long as it is.
      if (stage.policy?.cache === false) await bringObjects(store, record, bringing);
      else await bring(store, record, bringing);
    } catch (error) {
      if (bringing.signal.aborted) return;
      if (!(error instanceof RemoteError) && !(error instanceof StoreError)) throw error;
      giveUp(error);
    }
  }

  function giveUp({ message }: Error): void {
    if (!state.hasFailed) warn(`${message}: results stay in ${remote.name}; \`pipeline pull\` brings them here`);
    state.hasFailed = true;
  }

  return {
    bring: (stage, record) => {
      const coming = come(stage, record);
      // A bug is for who waits for all.
      coming.catch(() => undefined);
      underWay.push(coming);
    },
    done: async () => {
      await Promise.all(underWay);
    },
    any: () => state.bytes > 0,
  };
}
