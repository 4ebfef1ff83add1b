import { type Dirent, lstatSync, readdirSync } from 'node:fs';
import { isErrno } from '../../base/errno.ts';

/** What lies at an output's path: a file, or all that is in a folder. */
export interface FoundFile {
  /** Relative to the project folder. */
  readonly path: string;
  /** A link or a pipe is `other`. */
  readonly kind: 'file' | 'other';
}

/**
 * Synchronous, because a run with nothing to do asks it of every folder among its outputs. Links are not followed.
 * @param listing told of each folder before it is listed
 */
export function filesAt(
  folder: string,
  path: string,
  listing: (folder: string) => void = () => undefined,
): readonly FoundFile[] {
  const entries = entriesIn(`${folder}/${path}`, listing);
  if (entries === undefined) return fileAt(folder, path);
  return entries.flatMap((entry): readonly FoundFile[] => {
    const inner = `${path}/${entry.name}`;
    if (entry.isDirectory()) return filesAt(folder, inner, listing);
    return [{ path: inner, kind: entry.isFile() ? 'file' : 'other' }];
  });
}

function fileAt(folder: string, path: string): readonly FoundFile[] {
  const found = lstatSync(`${folder}/${path}`, { throwIfNoEntry: false });
  return found === undefined ? [] : [{ path, kind: found.isFile() ? 'file' : 'other' }];
}

/** Undefined where it is no folder; a link to one is none. */
function entriesIn(path: string, listing: (folder: string) => void): readonly Dirent[] | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true) return undefined;
  listing(path);
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}
