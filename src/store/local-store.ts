import { existsSync, utimesSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isErrno } from '../base/errno.ts';
import { StoreError } from '../core/store-error.ts';
import type { Store } from '../core/store.ts';
import { moveCheckpoints } from './checkpoints.ts';
import { openFormat } from './format.ts';
import { storeLayout } from './layout.ts';
import { acquireLock } from './lock.ts';
import { materialize } from './materialize.ts';
import { MEND_OBJECT, discardDamaged, putFolder } from './objects.ts';
import { recordHeads } from './record-index.ts';
import { allRecords, lookup, publish, recordAt } from './results.ts';
import { sweepTemporary, temporaryPath } from './temporary.ts';
import { usable } from '../core/usable.ts';

/**
 * The store in a local folder, made if it is not there. What its folder refuses (full disk, read-only, no permission) is thrown
 * as a StoreError by every method, with the store as it was before.
 * @throws StoreError where the folder cannot be used, or has a newer format
 */
export async function openLocalStore(folder: string): Promise<Store> {
  const layout = storeLayout(resolve(folder));
  const { root } = layout;
  await usable(root, () => openFormat(layout));
  let swept = false;
  return {
    lookup: (key) => usable(root, () => Promise.resolve(lookup(layout, key))),
    publish: (record, options) => usable(root, () => publish(layout, record, options)),
    record: (key) => usable(root, () => Promise.resolve(recordAt(layout, key))),
    heads: () => usable(root, () => Promise.resolve(recordHeads(layout))),
    async *records() {
      const all = allRecords(layout);
      for (;;) {
        const next = await usable(root, () => Promise.resolve(all.next()));
        if (next.done === true) return;
        yield next.value;
      }
    },
    putFolder: (source, kind) => usable(root, () => putFolder(layout, source, kind)),
    materialize: (artifact, target) => usable(root, () => materialize(layout, artifact, target)),
    discardDamaged: (digest) => usable(root, () => discardDamaged(layout, digest)),
    lock: (key, options) => usable(root, () => acquireLock(layout, layout.lock(key), options)),
    objectPath(digest) {
      const path = layout.object(digest);
      return existsSync(path) ? Promise.resolve(path) : Promise.reject(missing(root, digest));
    },
    checkpointFolder(resumeKey) {
      const folder = layout.checkpoints(resumeKey);
      touch(folder);
      return folder;
    },
    moveCheckpoints: (from, to) =>
      usable(root, () =>
        moveCheckpoints(layout.checkpoints(from), to === undefined ? undefined : layout.checkpoints(to)),
      ),
    makeStagingFolder: () =>
      usable(root, async () => {
        const path = await temporaryPath(layout.temporary, 'stage');
        await mkdir(path);
        // When something runs anyway, and not when all is there already: that has to be quick.
        if (!swept) await sweepTemporary(layout.temporary);
        swept = true;
        return path;
      }),
    broughtFrom: () => undefined,
    downloadFolder: layout.downloads,
    replacedFolder: layout.replaced,
    unfinishedFolder: layout.unfinished,
  };
}

/** So that gc sees that somebody uses it. */
function touch(folder: string): void {
  try {
    const now = new Date();
    utimesSync(folder, now, now);
  } catch (error) {
    // Not there yet, or not ours: who writes there will be told.
    if (!isErrno(error)) throw error;
  }
}

function missing(root: string, digest: string): StoreError {
  return new StoreError(`the object ${digest.slice(0, 12)} of the store ${root} is not there`, {
    hint: MEND_OBJECT,
  });
}
