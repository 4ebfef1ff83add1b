import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { flushFolder, writeFlushed } from '../base/atomic-file.ts';
import { isErrno } from '../base/errno.ts';
import { type Digest, sha256 } from '../base/hash.ts';
import type { JsonValue } from '../base/json.ts';
import { sealJson, unsealJson } from '../base/sealed-json.ts';
import type { StageRecord } from '../core/stage-record.ts';
import type { Checkpoint, Checkpoints } from '../core/stage-runner.ts';
import { sweepTemporary, temporaryPath } from './temporary.ts';

/**
 * Checkpoints in a folder of the store (`Store.checkpointFolder`), which is made when first written to. Each is a folder
 * `epoch-<n>` that gets its name when it is whole, with the digests of its files, so that a damaged one is as if it were not there.
 *
 * A stage under way needs its last one only, and saving the next one removes it, but for those that were there before: at one of
 * these a finished result may have stopped, which a longer training goes on from. So a result keeps the one it ended with.
 *
 * @param owner for gc, which has to say for whom a checkpoint was, and what it would take to make it again
 */
export function folderCheckpoints(folder: string, owner?: CheckpointOwner): Checkpoints {
  let own: number | undefined;
  let secondsBefore = 0;
  const openedAt = performance.now();
  return {
    async latest(epoch) {
      for (const found of await epochs(folder)) {
        const loaded = found <= epoch ? await load(folder, found) : undefined;
        if (loaded === undefined) continue;
        secondsBefore = loaded.seconds;
        return loaded.checkpoint;
      }
      return undefined;
    },
    async save(checkpoint) {
      const seconds = secondsBefore + (performance.now() - openedAt) / 1000;
      const isNew = await store(folder, checkpoint, { ...(owner === undefined ? {} : { owner }), seconds });
      if (own !== undefined && own !== checkpoint.epoch)
        await rm(checkpointPlace(folder, own), { recursive: true, force: true });
      own = isNew || own === checkpoint.epoch ? checkpoint.epoch : undefined;
    },
  };
}

/** See Store.moveCheckpoints. */
export async function moveCheckpoints(from: string, to: string | undefined): Promise<void> {
  for (const epoch of await epochs(from)) {
    if (to !== undefined) await mkdir(to, { recursive: true });
    const target = to === undefined ? undefined : checkpointPlace(to, epoch);
    await rm(target ?? checkpointPlace(from, epoch), { recursive: true, force: true });
    if (target !== undefined) await renameNew(checkpointPlace(from, epoch), target);
  }
}

/** The stage that saved it. */
export type CheckpointOwner = Pick<StageRecord, 'key' | 'madeBy'>;

export interface CheckpointManifest {
  readonly epoch: number;
  readonly files: Readonly<Record<string, Digest>>;
  /** From the first epoch on. Absent in checkpoints of older versions, as is the owner. */
  readonly seconds?: number;
  readonly owner?: CheckpointOwner;
}

/** Of the checkpoint in this folder (`…/epoch-000005`); undefined where it is none. */
export function readManifest(place: string): CheckpointManifest | undefined {
  try {
    return manifestIn(readFileSync(join(place, CHECKPOINT_MANIFEST), 'utf8'));
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EISDIR', 'EIO')) return undefined;
    throw error;
  }
}

/** Undefined where the text is not what was sealed. */
export function manifestIn(text: string): CheckpointManifest | undefined {
  return unsealJson(text) as unknown as CheckpointManifest | undefined;
}

/** The epoch of the furthest one of which all is what was saved; undefined where there is none. */
export async function furthestCheckpoint(folder: string): Promise<number | undefined> {
  for (const epoch of await epochs(folder)) if (await isWholeCheckpoint(folder, epoch)) return epoch;
  return undefined;
}

/** An empty folder, on the way to be a checkpoint in this one. */
export async function halfCheckpoint(folder: string): Promise<string> {
  const temporary = await temporaryPath(folder, 'checkpoint');
  await sweepTemporary(folder);
  await mkdir(temporary);
  return temporary;
}

/** Gives a whole one its name, in the place of a damaged one. @returns whether it was not there before */
export async function keepCheckpoint(folder: string, temporary: string, epoch: number): Promise<boolean> {
  const place = checkpointPlace(folder, epoch);
  if (existsSync(place) && !(await isWholeCheckpoint(folder, epoch))) await rm(place, { recursive: true, force: true });
  await flushFolder(temporary);
  const isNew = await renameNew(temporary, place);
  await flushFolder(folder);
  return isNew;
}

/** `epoch-000005` */
export function checkpointPlace(folder: string, epoch: number): string {
  return join(folder, checkpointName(epoch));
}

export function checkpointName(epoch: number): string {
  return `epoch-${String(epoch).padStart(6, '0')}`;
}

/** Whether a file of a checkpoint may be called so. */
export function isCheckpointFile(name: string): boolean {
  return /^[\w-][\w.-]*$/.test(name) && name !== CHECKPOINT_MANIFEST;
}

/** Whether all of it is what was saved. */
export async function isWholeCheckpoint(folder: string, epoch: number): Promise<boolean> {
  return (await load(folder, epoch)) !== undefined;
}

export const CHECKPOINT_MANIFEST = 'checkpoint.json';

/** Furthest first. */
async function epochs(folder: string): Promise<readonly number[]> {
  const found = (await namesIn(folder)).flatMap((name) => {
    const epoch = /^epoch-(\d+)$/.exec(name)?.[1];
    return epoch === undefined ? [] : [Number(epoch)];
  });
  return found.sort((a, b) => b - a);
}

/** Undefined where anything of it is missing or is not what was saved. */
async function load(folder: string, epoch: number): Promise<{ checkpoint: Checkpoint; seconds: number } | undefined> {
  const place = checkpointPlace(folder, epoch);
  try {
    const manifest = readManifest(place);
    if (manifest?.epoch !== epoch) return undefined;
    const files: Record<string, Uint8Array> = {};
    for (const [name, digest] of Object.entries(manifest.files)) {
      const bytes = await readFile(join(place, name));
      if (sha256(bytes) !== digest) return undefined;
      files[name] = bytes;
    }
    return { checkpoint: { epoch, files }, seconds: manifest.seconds ?? 0 };
  } catch (error) {
    // Removed meanwhile by another run that has gone further, or not to be read from the disk.
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EISDIR', 'EIO')) return undefined;
    throw error;
  }
}

type Facts = Pick<CheckpointManifest, 'owner' | 'seconds'>;

/** @returns whether it was not there before */
async function store(folder: string, checkpoint: Checkpoint, facts: Facts): Promise<boolean> {
  if (await isWholeCheckpoint(folder, checkpoint.epoch)) return false;
  return keepCheckpoint(folder, await writeTemporary(folder, checkpoint, facts), checkpoint.epoch);
}

/** @returns false where another run under the same resume key has come to the same state; then what was to be renamed is gone */
async function renameNew(temporary: string, place: string): Promise<boolean> {
  try {
    await rename(temporary, place);
    return true;
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    if (isErrno(error, 'ENOTEMPTY', 'EEXIST')) return false;
    throw error;
  }
}

async function writeTemporary(folder: string, { epoch, files }: Checkpoint, facts: Facts): Promise<string> {
  const temporary = await halfCheckpoint(folder);
  const manifest: CheckpointManifest = {
    ...facts,
    epoch,
    files: Object.fromEntries(Object.entries(files).map(([name, bytes]) => [plain(name), sha256(bytes)])),
  };
  for (const [name, bytes] of Object.entries(files)) await writeFlushed(join(temporary, name), bytes);
  await writeFlushed(join(temporary, CHECKPOINT_MANIFEST), sealJson(manifest as unknown as JsonValue));
  return temporary;
}

function plain(name: string): string {
  if (!isCheckpointFile(name)) throw new TypeError(`not a name for a file of a checkpoint: ${name}`);
  return name;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}
