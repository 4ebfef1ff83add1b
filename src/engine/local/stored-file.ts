import { fstatSync, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { sha256OfHandle, type Digest } from '../../base/hash.ts';
import type { StoredBytes } from '../../core/stage-runner.ts';

export interface StoredFileRequest {
  readonly path: string;
  readonly digest: Digest;
  /** As a person knows it. */
  readonly name: string;
  /** Told before a read fails: the object is not what its name says. */
  readonly damaged: () => void;
}

export interface StoredFile {
  readonly content: StoredBytes;
  readonly close: () => Promise<void>;
}

/**
 * A file whose content stays on the disk. All of it is hashed once, here; from then on each read looks whether the file was written to.
 * Taken out of its folder meanwhile, it is still read: it is there as long as it is open.
 */
export async function openStoredFile({ path, digest, name, damaged }: StoredFileRequest): Promise<StoredFile> {
  const blame = (reason: string): Error => {
    damaged();
    return new Error(`${name} ${reason}`);
  };
  const file = await open(path).catch((error: unknown) => {
    damaged();
    throw error;
  });
  const close = (): Promise<void> => file.close();
  try {
    const before = stampOf(file);
    if ((await sha256OfHandle(file)) !== digest) throw blame('is damaged in the store');
    const readRows: StoredBytes['readRows'] = (rows, size, into) => {
      for (const { row, count, place } of runsOf(rows)) {
        const bytes = count * size;
        if (!readFully(file.fd, into, { offset: place * size, bytes, position: row * size })) {
          throw blame('was cut short in the store while the stage read it');
        }
      }
      if (stampOf(file) !== before) throw blame('was changed in the store while the stage read it');
    };
    return { content: { readRows }, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Run {
  readonly row: number;
  readonly count: number;
  /** Of its first row among all. */
  readonly place: number;
}

/** Rows that follow each other are read at once. */
function* runsOf(rows: Int32Array): Generator<Run> {
  for (let place = 0; place < rows.length;) {
    const row = rows[place] ?? 0;
    let count = 1;
    while (place + count < rows.length && rows[place + count] === row + count) count++;
    yield { row, count, place };
    place += count;
  }
}

/** @returns false where the file ends too early */
function readFully(
  fd: number,
  into: Uint8Array,
  { offset, bytes, position }: { readonly offset: number; readonly bytes: number; readonly position: number },
): boolean {
  for (let done = 0; done < bytes;) {
    const read = readSync(fd, into, offset + done, bytes - done, position + done);
    if (read === 0) return false;
    done += read;
  }
  return true;
}

function stampOf({ fd }: FileHandle): string {
  const { size, mtimeNs } = fstatSync(fd, { bigint: true });
  return `${size} ${mtimeNs}`;
}
