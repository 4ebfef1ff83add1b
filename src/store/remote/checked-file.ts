import { createReadStream } from 'node:fs';
import { sha256InPieces } from '../../base/hash.ts';
import { isErrno } from '../../base/errno.ts';
import { DamagedFile } from '../../core/remote-error.ts';
import type { LocalFile } from '../../core/remote-place.ts';

/** The bytes of a file, read once. Where they are not what the digest says, it throws in place of an end: so nobody keeps them. */
export async function* checkedPieces({ path, bytes, digest }: LocalFile): AsyncGenerator<Uint8Array, undefined> {
  const hash = sha256InPieces();
  let count = 0;
  try {
    for await (const piece of createReadStream(path, { highWaterMark: PIECE }) as AsyncIterable<Buffer>) {
      hash.add(piece);
      count += piece.length;
      yield piece;
    }
  } catch (error) {
    // Gone, or not to be read from the disk any more.
    if (isErrno(error, 'ENOENT', 'EIO', 'EISDIR')) throw new DamagedFile(digest);
    throw error;
  }
  if (count !== bytes || hash.digest() !== digest) throw new DamagedFile(digest);
}

const PIECE = 1 << 20;
