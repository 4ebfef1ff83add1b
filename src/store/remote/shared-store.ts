import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { coalesced } from '../../base/coalesced.ts';
import type { Digest } from '../../base/hash.ts';
import { DamagedFile, RemoteError } from '../../core/remote-error.ts';
import type { StageRecord } from '../../core/stage-record.ts';
import type { Store } from '../../core/store.ts';
import { bring } from './backed-store.ts';
import { carryCheckpoints } from './carry-checkpoints.ts';
import type { RemoteStore } from './remote-store.ts';

/** The store of one of several machines that work on one run. */
export interface SharedStore extends Store {
  /** Its objects are brought here when they are asked for. */
  expect(record: StageRecord): void;
  /** Of a result that is not kept: its objects are there for the stages after it. */
  sendObjects(record: StageRecord): Promise<void>;
}

/**
 * What counts is what the remote has: a result is one when it is there, and whoever has another one here goes on with that one. Unlike
 * behind {@link backedStore}, a remote that fails is an error: the others could not go on with what is made here.
 */
export function sharedStore(local: Store, remote: RemoteStore, signal: AbortSignal): SharedStore {
  const sizes = new Map<Digest, number>();
  const expect = ({ artifact }: StageRecord): void => {
    for (const { digest, bytes } of artifact.files) sizes.set(digest, bytes);
  };
  const pathOf = (digest: Digest): Promise<string> =>
    local.objectPath(digest).catch(() => Promise.reject(new DamagedFile(digest)));

  async function agree(record: StageRecord, replace: boolean): Promise<StageRecord> {
    const { record: winner } = await remote.publish(record, { pathOf, signal, replace });
    if (winner.artifact.digest === record.artifact.digest) return record;
    return (await bring(local, winner, { remote, signal, replace: true })) ?? record;
  }

  async function objectPath(digest: Digest): Promise<string> {
    try {
      return await local.objectPath(digest);
    } catch (error) {
      const bytes = sizes.get(digest);
      if (bytes === undefined) throw error;
      const folder = await local.makeStagingFolder();
      try {
        const received = await remote.receive({ digest, bytes }, join(folder, 'object'), signal);
        if (received !== 'whole') throw error;
        await local.putFolder(folder, 'files');
      } finally {
        await rm(folder, { recursive: true, force: true }).catch(() => undefined);
      }
      return local.objectPath(digest);
    }
  }

  /** What is rotten here is no result: it is made again. */
  async function missIfDamaged(error: unknown): Promise<undefined> {
    if (!(error instanceof DamagedFile)) throw error;
    await local.discardDamaged(error.digest);
  }

  const checkpoints = carryCheckpoints(local, remote, signal);
  return {
    ...local,
    fetchCheckpoint: (resumeKey) => checkpoints.fetch(resumeKey),
    // One that does not arrive costs no result: the next one may.
    sendCheckpoint: coalesced((resumeKey) => checkpoints.send(resumeKey).catch(ignoreRemoteError)),
    moveCheckpoints: checkpoints.move,
    expect,
    objectPath,
    async lookup(key) {
      const there = await remote.record(key, signal);
      if (there === undefined) {
        const here = await local.lookup(key);
        return here === undefined ? undefined : await agree(here, false).catch(missIfDamaged);
      }
      const brought = await bring(local, there, { remote, signal, replace: true });
      if (brought !== undefined) expect(brought);
      return brought;
    },
    async publish(record, options = {}) {
      const kept = await local.publish(record, options);
      return agree(kept, options.replace === true);
    },
    async materialize(artifact, folder) {
      for (const { digest, bytes } of artifact.files) {
        sizes.set(digest, bytes);
        await objectPath(digest);
      }
      await local.materialize(artifact, folder);
    },
    async sendObjects({ artifact }) {
      const files = artifact.files.map(async ({ digest, bytes }) => ({ digest, bytes, path: await pathOf(digest) }));
      await remote.sendObjects(await Promise.all(files), signal);
    },
  };
}

function ignoreRemoteError(error: unknown): undefined {
  if (!(error instanceof RemoteError)) throw error;
}
