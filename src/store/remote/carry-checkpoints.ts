import { rm } from 'node:fs/promises';
import type { Digest } from '../../base/hash.ts';
import { StoreError } from '../../core/store-error.ts';
import type { Store } from '../../core/store.ts';
import type { RemoteStore } from './remote-store.ts';

/** Between a store here and a remote. What the remote refuses is thrown. */
export interface CheckpointCarrier {
  fetch(resumeKey: Digest): Promise<void>;
  send(resumeKey: Digest): Promise<void>;
  /** The store's own move: those that took the place of others here do so there, when they are sent. */
  readonly move: Store['moveCheckpoints'];
}

export function carryCheckpoints(local: Store, remote: RemoteStore, signal: AbortSignal): CheckpointCarrier {
  const moved = new Set<Digest>();
  return {
    async fetch(resumeKey) {
      try {
        await remote.bringCheckpoint(resumeKey, local.checkpointFolder(resumeKey), signal);
      } catch (error) {
        // Who ends the run is told so by the stage itself.
        if (!signal.aborted) throw error;
      }
    },
    async send(resumeKey) {
      // No room for a copy: the training itself says so, if it goes on to matter.
      const staging = await local.makeStagingFolder().catch(ignoreStoreError);
      if (staging === undefined) return;
      try {
        const replace = moved.has(resumeKey);
        await remote.sendCheckpoint(resumeKey, local.checkpointFolder(resumeKey), { staging, replace, signal });
        moved.delete(resumeKey);
      } finally {
        await rm(staging, { recursive: true, force: true }).catch(() => undefined);
      }
    },
    async move(from, to) {
      await local.moveCheckpoints(from, to);
      if (to !== undefined) moved.add(to);
    },
  };
}

function ignoreStoreError(error: unknown): undefined {
  if (!(error instanceof StoreError)) throw error;
}
