import { lstat, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../base/errno.ts';
import { sha256OfFile } from '../base/hash.ts';
import type { ArtifactFile, ArtifactRef } from '../core/artifact.ts';

/** What of a folder is in the way of an artifact's files. A file, or a link to one, that has the same content is not. */
export interface InTheWay {
  /** Would be overwritten, by their paths in the artifact. */
  readonly files: readonly string[];
  /** Cannot be: a folder or a pipe under the name of a file, a file under the name of a folder. */
  readonly others: readonly string[];
}

export async function inTheWay(artifact: ArtifactRef, folder: string): Promise<InTheWay> {
  const files: string[] = [];
  const others: string[] = [];
  for (const file of artifact.files) {
    switch (await whatIsAt(join(folder, file.path), file)) {
      case 'nothing':
      case 'the same':
        break;
      case 'another file':
        files.push(file.path);
        break;
      case 'no file':
        others.push(file.path);
    }
  }
  return { files, others };
}

async function whatIsAt(
  path: string,
  { bytes, digest }: ArtifactFile,
): Promise<'nothing' | 'the same' | 'another file' | 'no file'> {
  try {
    const found = await lstat(path);
    if (!found.isFile() && !found.isSymbolicLink()) return 'no file';
    const led = await stat(path).catch(() => undefined);
    const same = led?.isFile() === true && led.size === bytes && (await sha256OfFile(path)) === digest;
    return same ? 'the same' : 'another file';
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return 'nothing';
    if (isErrno(error, 'ENOTDIR')) return 'no file';
    // It is there, and may not be read.
    if (isErrno(error, 'EACCES', 'EPERM')) return 'another file';
    throw error;
  }
}
