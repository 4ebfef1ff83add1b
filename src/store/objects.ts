import { constants, statSync } from 'node:fs';
import { copyFile, lstat, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { flushFolder } from '../base/atomic-file.ts';
import { isErrno } from '../base/errno.ts';
import { canonicalJson } from '../base/canonical-json.ts';
import { type Digest, sha256, sha256OfFile, sha256OfHandle } from '../base/hash.ts';
import { walkFolder } from '../base/walk.ts';
import type { ArtifactFile, ArtifactKind, ArtifactRef } from '../core/artifact.ts';
import { StageFailure } from '../core/stage-runner.ts';
import type { Layout } from './layout.ts';
import { temporaryPath } from './temporary.ts';

/** What a person does about an object that is not there, or was damaged. */
export const MEND_OBJECT =
  'run the pipeline again: the stage that makes it will run; or, where a remote has it, bring it: pipeline pull';

/** Digest of an artifact: of its kind, and of the path, content and size of each file. */
export function artifactOf(kind: ArtifactKind, files: readonly ArtifactFile[]): ArtifactRef {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const content = [kind, ...sorted.map(({ path, digest, bytes }) => [path, digest, bytes])];
  return { kind, digest: sha256(canonicalJson(content)), files: sorted };
}

/** See Store.putFolder. On the disk, names included, when the promise is kept. Empty folders are not kept. */
export async function putFolder(layout: Layout, folder: string, kind: ArtifactKind): Promise<ArtifactRef> {
  const entries = await walkFolder(folder);
  const odd = entries.find((entry) => entry.kind !== 'file' || entry.path.includes('\uFFFD'));
  if (odd !== undefined) throw oddEntry(odd.path, odd.kind);
  const files: ArtifactFile[] = [];
  for (let start = 0; start < entries.length; start += AT_ONCE) {
    const some = entries.slice(start, start + AT_ONCE);
    files.push(
      ...(await Promise.all(some.map(async ({ path }) => ({ path, ...(await put(layout, `${folder}/${path}`)) })))),
    );
  }
  for (const changed of new Set(files.map((file) => dirname(layout.object(file.digest))))) await flushFolder(changed);
  if (files.length > 0) await flushFolder(layout.objects);
  return artifactOf(kind, files);
}

/** Flushes share the disk's work when several wait for it. */
const AT_ONCE = 8;

/** Whether the object is there and of this size; its bytes are not looked at. */
export function hasObject(layout: Layout, digest: Digest, bytes: number): boolean {
  const found = statSync(layout.object(digest), { throwIfNoEntry: false });
  return found !== undefined && found.isFile() && found.size === bytes;
}

/** See Store.discardDamaged. */
export async function discardDamaged(layout: Layout, digest: Digest): Promise<boolean> {
  const path = layout.object(digest);
  try {
    if ((await sha256OfFile(path)) === digest) return false;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    // A disk that cannot read it any more has damaged it.
    if (!isErrno(error, 'EIO', 'EISDIR')) throw error;
  }
  await rm(path, { recursive: true, force: true });
  return true;
}

async function put(layout: Layout, path: string): Promise<{ digest: Digest; bytes: number }> {
  const source = (await isMovable(layout, path)) ? path : await copied(layout, path);
  const content = await seal(source);
  const object = layout.object(content.digest);
  await mkdir(dirname(object), { recursive: true });
  // Over an object of the same name too: should that one be damaged, it is whole again.
  await rename(source, object);
  return content;
}

/** A file with another name elsewhere could be written to through it, and one on another disk cannot be renamed to here. */
async function isMovable(layout: Layout, path: string): Promise<boolean> {
  await mkdir(layout.objects, { recursive: true });
  const [file, objects] = await Promise.all([lstat(path), stat(layout.objects)]);
  return file.nlink === 1 && file.dev === objects.dev;
}

async function copied(layout: Layout, path: string): Promise<string> {
  const copy = await temporaryPath(layout.temporary, 'object');
  await copyFile(path, copy, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  return copy;
}

/** Hashes the file, brings it to the disk and takes the right to write from it. */
async function seal(path: string): Promise<{ digest: Digest; bytes: number }> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const before = await file.stat({ bigint: true });
    const digest = await sha256OfHandle(file);
    await file.sync();
    await file.chmod(0o444);
    const after = await file.stat({ bigint: true });
    if (before.size !== after.size || before.mtimeNs !== after.mtimeNs) {
      throw new StageFailure('stage-failed', `the output ${path} was still written to after the stage had ended`, {
        hint: 'wait in the stage for whatever it started',
      });
    }
    return { digest, bytes: Number(after.size) };
  } finally {
    await file.close();
  }
}

function oddEntry(path: string, kind: string): StageFailure {
  if (kind === 'file') return new StageFailure('stage-failed', `the name of the output "${path}" is not UTF-8`);
  const what = kind === 'symlink' ? 'a symbolic link' : 'a pipe, a socket or a device';
  return new StageFailure('stage-failed', `the output "${path}" is ${what}, and only ordinary files can be kept`, {
    hint: 'write a copy of the content in its place',
  });
}
