import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { flushFolder, writeFlushed } from '../base/atomic-file.ts';
import { isErrno } from '../base/errno.ts';
import { type Digest, sha256 } from '../base/hash.ts';
import { sealJson, unsealJson } from '../base/sealed-json.ts';
import type { Checkpoint, Checkpoints } from '../core/stage-runner.ts';
import { sweepTemporary, temporaryPath } from './temporary.ts';

/**
 * Checkpoints in a folder of the store (`Store.checkpointFolder`), which is made when first written to. Each is a folder
 * `epoch-<n>` that gets its name when it is whole, with the digests of its files, so that a damaged one is as if it were not there.
 *
 * A stage under way needs its last one only, and saving the next one removes it, but for those that were there before: at one of
 * these a finished result may have stopped, which a longer training goes on from. So a result keeps the one it ended with.
 */
export function folderCheckpoints(folder: string): Checkpoints {
  let own: number | undefined;
  return {
    async latest(epoch) {
      for (const found of await epochs(folder)) {
        const checkpoint = found <= epoch ? await load(folder, found) : undefined;
        if (checkpoint !== undefined) return checkpoint;
      }
      return undefined;
    },
    async save(checkpoint) {
      const isNew = await store(folder, checkpoint);
      if (own !== undefined && own !== checkpoint.epoch)
        await rm(placeOf(folder, own), { recursive: true, force: true });
      own = isNew || own === checkpoint.epoch ? checkpoint.epoch : undefined;
    },
  };
}

interface Manifest {
  readonly epoch: number;
  readonly files: Readonly<Record<string, Digest>>;
}

const MANIFEST = 'checkpoint.json';

/** Furthest first. */
async function epochs(folder: string): Promise<readonly number[]> {
  const found = (await namesIn(folder)).flatMap((name) => {
    const epoch = /^epoch-(\d+)$/.exec(name)?.[1];
    return epoch === undefined ? [] : [Number(epoch)];
  });
  return found.sort((a, b) => b - a);
}

/** Undefined where anything of it is missing or is not what was saved. */
async function load(folder: string, epoch: number): Promise<Checkpoint | undefined> {
  const place = placeOf(folder, epoch);
  try {
    const manifest = unsealJson(await readFile(join(place, MANIFEST), 'utf8')) as unknown as Manifest | undefined;
    if (manifest?.epoch !== epoch) return undefined;
    const files: Record<string, Uint8Array> = {};
    for (const [name, digest] of Object.entries(manifest.files)) {
      const bytes = await readFile(join(place, name));
      if (sha256(bytes) !== digest) return undefined;
      files[name] = bytes;
    }
    return { epoch, files };
  } catch (error) {
    // Removed meanwhile by another run that has gone further, or not to be read from the disk.
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EISDIR', 'EIO')) return undefined;
    throw error;
  }
}

/** @returns whether it was not there before */
async function store(folder: string, checkpoint: Checkpoint): Promise<boolean> {
  const place = placeOf(folder, checkpoint.epoch);
  if (existsSync(place)) {
    if ((await load(folder, checkpoint.epoch)) !== undefined) return false;
    await rm(place, { recursive: true, force: true });
  }
  const temporary = await writeTemporary(folder, checkpoint);
  try {
    await rename(temporary, place);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    // Another run under the same resume key has come to the same state.
    if (isErrno(error, 'ENOTEMPTY', 'EEXIST')) return false;
    throw error;
  }
  await flushFolder(folder);
  return true;
}

async function writeTemporary(folder: string, { epoch, files }: Checkpoint): Promise<string> {
  const temporary = await temporaryPath(folder, 'checkpoint');
  await sweepTemporary(folder);
  await mkdir(temporary);
  const manifest: Manifest = {
    epoch,
    files: Object.fromEntries(Object.entries(files).map(([name, bytes]) => [plain(name), sha256(bytes)])),
  };
  for (const [name, bytes] of Object.entries(files)) await writeFlushed(join(temporary, name), bytes);
  await writeFlushed(join(temporary, MANIFEST), sealJson({ ...manifest }));
  await flushFolder(temporary);
  return temporary;
}

function placeOf(folder: string, epoch: number): string {
  return join(folder, `epoch-${String(epoch).padStart(6, '0')}`);
}

function plain(name: string): string {
  if (!/^[\w-][\w.-]*$/.test(name) || name === MANIFEST)
    throw new TypeError(`not a name for a file of a checkpoint: ${name}`);
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
