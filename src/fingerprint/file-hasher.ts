import type { BigIntStats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Digest, sha256OfHandle } from '../base/hash.ts';
import { type FileSight, isSettled, sameStamp, stampOf } from './file-sight.ts';
import { openStatCache, type StatCache } from './stat-cache.ts';

/** Digests of a person's files, remembered by their stat, so that an unchanged file is not read again. */
export interface FileHasher {
  /** @throws the file system's error (`code` ENOENT, EISDIR, EACCES) where the path is no readable file */
  hash(path: string): Promise<Digest>;
  /** Whether the file is still what every `hash` of it saw; false too if it was never hashed or is gone. */
  unchanged(path: string): Promise<boolean>;
  /** What every `hash` saw, by absolute path; undefined where a file changed between two of them. */
  sights(): ReadonlyMap<string, FileSight> | undefined;
  /** Writes down what was learnt. A cache that cannot be written is no failure. */
  close(): Promise<void>;
}

export function openFileHasher(cacheFile: string): Promise<FileHasher> {
  let cache: StatCache | undefined;
  const seen = new Map<string, FileSight>();
  const changed = new Set<string>();
  return Promise.resolve({
    async hash(path) {
      const absolute = resolve(path);
      cache ??= openStatCache(cacheFile);
      const known = cache.find(absolute, stampOf(await fileStat(absolute)));
      const sight = known ?? (await readSteadily(absolute));
      if (known === undefined) cache.remember(absolute, sight);
      const earlier = seen.get(absolute);
      if (earlier !== undefined && !sameStamp(earlier.stamp, sight.stamp)) changed.add(absolute);
      seen.set(absolute, sight);
      return sight.digest;
    },
    async unchanged(path) {
      const absolute = resolve(path);
      const before = seen.get(absolute);
      if (before === undefined || changed.has(absolute)) return false;
      try {
        if (!sameStamp(before.stamp, stampOf(await fileStat(absolute)))) return false;
        // Too new for its times to tell a later change from the one that was seen: only reading tells.
        return isSettled(before) || (await readSteadily(absolute)).digest === before.digest;
      } catch {
        return false;
      }
    },
    sights: () => (changed.size > 0 ? undefined : seen),
    close() {
      cache?.save();
      return Promise.resolve();
    },
  });
}

/** Reads until the file was the same before and after; one that never rests is given as it was read last, and never looks settled. */
async function readSteadily(path: string): Promise<FileSight> {
  for (let attempt = 1; ; attempt++) {
    // Asked before opening: to open a pipe would wait for its writer.
    await fileStat(path);
    const file = await open(path, 'r');
    try {
      const readAt = Date.now();
      const stamp = stampOf(await file.stat({ bigint: true }));
      const digest = await sha256OfHandle(file);
      const steady = sameStamp(stamp, stampOf(await file.stat({ bigint: true })));
      if (steady || attempt === MOST_ATTEMPTS) return { stamp, digest, readAt: steady ? readAt : 0 };
    } finally {
      await file.close();
    }
  }
}

const MOST_ATTEMPTS = 3;

async function fileStat(path: string): Promise<BigIntStats> {
  const found = await stat(path, { bigint: true });
  if (found.isFile()) return found;
  const error: NodeJS.ErrnoException = new Error(`${path} is ${found.isDirectory() ? 'a folder' : 'no ordinary file'}`);
  error.code = found.isDirectory() ? 'EISDIR' : 'EINVAL';
  throw error;
}
