import { constants } from 'node:fs';
import { copyFile, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '../../base/hash.ts';
import { isErrno } from '../../base/errno.ts';
import { isJsonObject } from '../../base/json.ts';
import { writeFlushed } from '../../base/atomic-file.ts';
import { DamagedFile, RemoteError } from '../../core/remote-error.ts';
import type { ListedItem, LocalFile, RemotePlace } from '../../core/remote-place.ts';
import {
  CHECKPOINT_MANIFEST,
  type CheckpointManifest,
  checkpointName,
  checkpointPlace,
  furthestCheckpoint,
  halfCheckpoint,
  isCheckpointFile,
  keepCheckpoint,
  manifestIn,
} from '../checkpoints.ts';
import { checkpointFileOf, checkpointsName } from './names.ts';
import type { Slotted } from './publish.ts';
import { receiveFile } from './receive.ts';
import { textOf } from './record.ts';

/** Those of one training, there and here. */
interface Group {
  readonly resumeKey: Digest;
  readonly folder: string;
}

interface Asking {
  readonly slotted: Slotted;
  readonly signal: AbortSignal;
}

interface Transferring extends Asking {
  /** Those that were found damaged there. */
  readonly suspects: Set<string>;
}

interface Sending extends Transferring {
  readonly staging: string;
  readonly replace: boolean;
}

/** A checkpoint in a place, by the names that are there alone. */
export interface ListedCheckpoint {
  /** `checkpoints/ab/cdef…/epoch-000005/` */
  readonly name: string;
  /** What the names of all checkpoints of its training begin with. */
  readonly group: string;
  readonly epoch: number;
  readonly files: ReadonlyMap<string, ListedItem>;
}

/** Whether it was sent to its end: its manifest comes last. */
export function isSent({ files }: ListedCheckpoint): boolean {
  return files.has(CHECKPOINT_MANIFEST);
}

/** See RemoteStore.sendCheckpoint. */
export async function sendCheckpoint(
  place: RemotePlace,
  { resumeKey, folder }: Group,
  sending: Sending,
): Promise<void> {
  const { staging, replace, suspects, slotted, signal } = sending;
  const group = checkpointsName(resumeKey);
  const copy = await copyFurthest(folder, staging);
  if (copy === undefined) return;
  const { epoch, files, manifest } = copy;
  const name = `${group}${checkpointName(epoch)}/`;
  const there = await slotted(() => listCheckpoints(place, group, signal));
  const sent = there.filter((each) => isSent(each) && !suspects.has(each.name));
  if (sent.some((each) => each.epoch > epoch || (each.epoch === epoch && !replace))) return;
  const before = there.find((each) => each.name === name && isSent(each));
  // Its files are about to be others: until all of them are, it is none.
  if (before !== undefined) await removeIfAllowed(place, before, sending);
  try {
    const write = ([file, content]: readonly [string, LocalFile]): Promise<unknown> =>
      slotted(() => place.write(`${name}${file}`, content, { signal }));
    await Promise.all(Object.entries(files).map(write));
  } catch (error) {
    // Damaged on the disk in this moment: the next one is another.
    if (error instanceof DamagedFile) return;
    throw error;
  }
  await slotted(() => place.write(`${name}${CHECKPOINT_MANIFEST}`, manifest, { signal }));
  suspects.delete(name);
  for (const each of there) if (each.epoch < epoch) await removeIfAllowed(place, each, sending);
}

interface Copy {
  readonly epoch: number;
  readonly files: Readonly<Record<string, LocalFile>>;
  /** Its text. */
  readonly manifest: string;
}

/** Undefined where there is none to send, or the training removed it meanwhile. */
async function copyFurthest(folder: string, staging: string): Promise<Copy | undefined> {
  try {
    const epoch = await furthestCheckpoint(folder);
    if (epoch === undefined) return undefined;
    const from = checkpointPlace(folder, epoch);
    const manifest = await readFile(join(from, CHECKPOINT_MANIFEST), 'utf8');
    const files: Record<string, LocalFile> = {};
    for (const [name, digest] of Object.entries(manifestIn(manifest)?.files ?? {})) {
      const path = join(staging, name);
      await copyFile(join(from, name), path, constants.COPYFILE_FICLONE);
      files[name] = { path, digest, bytes: (await stat(path)).size };
    }
    return { epoch, files, manifest };
  } catch (error) {
    // Gone, or no room for a copy: the training itself tells what is wrong with the disk, and the next epoch is sent again.
    if (isErrno(error)) return undefined;
    throw error;
  }
}

/** Who may write may not be allowed to remove: then gc, by who may, takes them away. */
async function removeIfAllowed(place: RemotePlace, checkpoint: ListedCheckpoint, asking: Asking): Promise<void> {
  try {
    await removeCheckpoint(place, checkpoint, asking);
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
  }
}

/** See RemoteStore.bringCheckpoint. Damaged and cut ones are as if they were not there. */
export async function bringCheckpoint(
  place: RemotePlace,
  { resumeKey, folder }: Group,
  bringing: Transferring,
): Promise<boolean> {
  const { suspects, slotted, signal } = bringing;
  const group = checkpointsName(resumeKey);
  const refused = new Set<number>();
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    const there = await slotted(() => listCheckpoints(place, group, signal));
    const candidates = there.filter((each) => isSent(each) && !refused.has(each.epoch));
    const furthest = candidates.sort((a, b) => b.epoch - a.epoch)[0];
    if (furthest === undefined || furthest.epoch <= ((await furthestCheckpoint(folder)) ?? 0)) return false;
    const outcome = await bring(place, furthest, { ...bringing, folder });
    if (outcome === 'whole') return true;
    if (outcome === 'damaged') suspects.add(furthest.name);
    refused.add(furthest.epoch);
  }
  return false;
}

/** What is taken away while it is read has made room for one that is further. */
const MOST_ATTEMPTS = 5;

async function bring(
  place: RemotePlace,
  { name, epoch, files }: ListedCheckpoint,
  { folder, slotted, signal }: Transferring & Pick<Group, 'folder'>,
): Promise<'whole' | 'missing' | 'damaged'> {
  const content = await slotted(async () => {
    const found = await place.read(`${name}${CHECKPOINT_MANIFEST}`, { signal });
    return found === undefined ? undefined : textOf(found);
  });
  if (content === undefined) return 'missing';
  const manifest = checkedManifest(content, epoch);
  if (manifest === undefined) return 'damaged';
  const temporary = await halfCheckpoint(folder);
  try {
    const received = await Promise.all(
      Object.entries(manifest.files).map(async ([file, digest]) => {
        const bytes = files.get(file)?.bytes;
        if (bytes === undefined) return 'damaged';
        const wanted = { name: `${name}${file}`, digest, bytes };
        return slotted(() => receiveFile(place, wanted, { path: join(temporary, file), signal }));
      }),
    );
    const refusal = received.find((each) => each !== 'whole');
    if (refusal !== undefined) return refusal;
    await writeFlushed(join(temporary, CHECKPOINT_MANIFEST), content);
    await keepCheckpoint(folder, temporary, epoch);
    return 'whole';
  } finally {
    // What is on its way yet may be in the way; what stays is swept up later.
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** It may have been written by anybody who may write there, and its names become paths here. */
function checkedManifest(text: string, epoch: number): CheckpointManifest | undefined {
  const manifest: unknown = parsed(text);
  if (!isJsonObject(manifest) || manifest['epoch'] !== epoch || !isJsonObject(manifest['files'])) return undefined;
  const isRight = Object.entries(manifest['files']).every(
    ([name, digest]) => isCheckpointFile(name) && typeof digest === 'string' && /^[0-9a-f]{64}$/.test(digest),
  );
  return isRight ? (manifest as unknown as CheckpointManifest) : undefined;
}

function parsed(text: string): unknown {
  try {
    return manifestIn(text);
  } catch {
    return undefined;
  }
}

/** @param beginning of their names: of all, or of one training's */
export async function listCheckpoints(
  place: RemotePlace,
  beginning: string,
  signal: AbortSignal,
): Promise<readonly ListedCheckpoint[]> {
  const found = new Map<string, ListedCheckpoint & { readonly files: Map<string, ListedItem> }>();
  for await (const item of place.list(beginning, signal)) {
    const { group, epoch, file } = checkpointFileOf(item.name) ?? {};
    if (group === undefined || epoch === undefined || file === undefined) continue;
    const name = item.name.slice(0, -file.length);
    const checkpoint = found.get(name) ?? { name, group, epoch, files: new Map<string, ListedItem>() };
    checkpoint.files.set(file, item);
    found.set(name, checkpoint);
  }
  return [...found.values()];
}

/** Its manifest first: without that it is none. */
export async function removeCheckpoint(
  place: RemotePlace,
  { name, files }: ListedCheckpoint,
  { slotted, signal }: Asking,
): Promise<void> {
  const remove = (file: string): Promise<void> => slotted(() => place.remove(`${name}${file}`, signal));
  if (files.has(CHECKPOINT_MANIFEST)) await remove(CHECKPOINT_MANIFEST);
  await Promise.all([...files.keys()].filter((file) => file !== CHECKPOINT_MANIFEST).map(remove));
}
