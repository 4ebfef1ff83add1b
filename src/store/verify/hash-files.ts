import { webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isErrno } from '../../base/errno.ts';
import { type Digest, sha256, sha256OfFile } from '../../base/hash.ts';

export interface FileToHash {
  readonly path: string;
  readonly bytes: number;
}

/**
 * Digests of many files, several at once on as many cores as there are; undefined for one that is gone or cannot be read.
 * Small files are read on the spot, since a promise costs more than they do; large ones in pieces, so that memory does not matter.
 */
export async function hashFiles<T extends FileToHash>(
  files: readonly T[],
  hashed: (file: T, digest: Digest | undefined) => void,
): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    for (;;) {
      const file = files[next++];
      if (file === undefined) return;
      hashed(file, await digestOf(file));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

const AT_ONCE = 4;
const SMALL = 1 << 16;
const LARGE = 1 << 25;

async function digestOf({ path, bytes }: FileToHash): Promise<Digest | undefined> {
  try {
    if (bytes <= SMALL) return sha256(readFileSync(path));
    if (bytes > LARGE) return await sha256OfFile(path);
    // Unlike createHash, this hashes on another thread.
    return Buffer.from(await webcrypto.subtle.digest('SHA-256', await readFile(path))).toString('hex') as Digest;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'EIO', 'EISDIR')) return undefined;
    throw error;
  }
}
