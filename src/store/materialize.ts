import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { ArtifactFile, ArtifactRef } from '../core/artifact.ts';
import { StoreError } from '../core/store-error.ts';
import type { Layout } from './layout.ts';
import { MEND_OBJECT, discardDamaged, hasObject } from './objects.ts';

/** See Store.materialize. What comes out is what went in: each object is read and compared with its digest first. */
export async function materialize(layout: Layout, artifact: ArtifactRef, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const file of artifact.files) {
    await requireWhole(layout, file);
    await writeOut(layout.object(file.digest), join(folder, inside(file.path)));
  }
}

async function requireWhole(layout: Layout, file: ArtifactFile): Promise<void> {
  const damaged = await discardDamaged(layout, file.digest);
  if (!damaged && hasObject(layout, file.digest, file.bytes)) return;
  const state = damaged ? 'was damaged, and has been removed' : 'is not there';
  throw new StoreError(
    `the content of "${file.path}" ${state} (object ${file.digest.slice(0, 12)} of ${layout.root})`,
    { hint: MEND_OBJECT },
  );
}

/** Through a temporary file, so that a link or another name of what was there before is not written through. */
async function writeOut(object: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await copyFile(object, temporary, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    await chmod(temporary, 0o644);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** A record may come from elsewhere; no path in it leads out of the folder. */
function inside(path: string): string {
  const parts = path.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..') || path.includes('\0')) {
    throw new StoreError(`an artifact names the file "${path}", which is no path inside it`);
  }
  return path;
}
