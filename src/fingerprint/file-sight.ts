import type { BigIntStats } from 'node:fs';
import type { Digest } from '../base/hash.ts';

/** What the file system says of a file; a changed file has another one, but for what `isSettled` tells. */
export interface FileStamp {
  readonly device: string;
  readonly inode: string;
  readonly size: string;
  readonly mtimeNs: string;
  readonly ctimeNs: string;
}

/** What a file was when it was read. */
export interface FileSight {
  readonly stamp: FileStamp;
  readonly digest: Digest;
  /** When reading it began, milliseconds since 1970. */
  readonly readAt: number;
}

/** @param stats with `bigint: true`: a double cannot hold nanoseconds. Kept as text, which JSON can hold. */
export function stampOf(stats: BigIntStats): FileStamp {
  return {
    device: String(stats.dev),
    inode: String(stats.ino),
    size: String(stats.size),
    mtimeNs: String(stats.mtimeNs),
    ctimeNs: String(stats.ctimeNs),
  };
}

export function sameStamp(a: FileStamp, b: FileStamp): boolean {
  return (
    a.device === b.device &&
    a.inode === b.inode &&
    a.size === b.size &&
    a.mtimeNs === b.mtimeNs &&
    a.ctimeNs === b.ctimeNs
  );
}

/**
 * Whether every later change gives the file another stamp. File systems count time in ticks (4 ms on Linux, up to 2 s on old
 * disks): a file that was read within the tick of its last change can change again and look the same. Git distrusts an entry as
 * new as its index for this; measured by the reading of each file, the same rule is a little stricter. The change time of the
 * inode is what counts, because nobody can set it.
 */
export function isSettled(sight: Pick<FileSight, 'stamp' | 'readAt'>): boolean {
  const changedNs = BigInt(sight.stamp.ctimeNs);
  const tickMs = changedNs % 1_000_000_000n === 0n ? COARSE_TICK_MS : FINE_TICK_MS;
  return Number(changedNs / 1_000_000n) + tickMs < sight.readAt;
}

const FINE_TICK_MS = 20;
const COARSE_TICK_MS = 2000;
