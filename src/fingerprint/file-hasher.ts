import { type BigIntStats, statSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Digest, sha256OfHandle } from '../base/hash.ts';
import { type FileSight, isSettled, sameStamp, stampOf } from './file-sight.ts';
import { openStatCache, type StatCache } from './stat-cache.ts';

/** Digests of a person's files, remembered by their stat, so that an unchanged file is not read again. */
export interface FileHasher {
  /** @throws the file system's error (`code` ENOENT, EISDIR, EACCES) where the path is no readable file */
  hash(path: string): Promise<Digest>;
  /** The same for a file that may change while the run goes on: `unchanged` knows nothing of it. */
  look(path: string): Promise<Digest>;
  /**
   * The same again without reading anything: undefined where the file is not there, or would have to be read. Synchronous, because
   * a run with nothing to do asks it of every output.
   * @param path absolute, as in what follows
   */
  recall(path: string): Digest | undefined;
  /** Believes this of a file from now on, as long as its stamp is the same. */
  learn(path: string, sight: FileSight): void;
  /** To be called before a folder is listed: what is in it counts. */
  readonly listing: (folder: string) => void;
  /** Something was looked at that can change without a stamp that tells. */
  readonly cannotTell: () => void;
  /** Whether the file is still what every `hash` of it saw; false too if it was never hashed or is gone. */
  unchanged(path: string): Promise<boolean>;
  /**
   * What everything that was looked at was at last, by absolute path; of a folder, when its list of names changed, and no digest.
   * Undefined where a file changed between two times that it was hashed, and after `cannotTell`.
   */
  sights(): ReadonlyMap<string, FileSight> | undefined;
  /** Writes down what was learnt. A cache that cannot be written is no failure. */
  close(): Promise<void>;
}

export function openFileHasher(cacheFile: string): Promise<FileHasher> {
  let opened: StatCache | undefined;
  const cache = (): StatCache => (opened ??= openStatCache(cacheFile));
  const hashed = new Map<string, FileSight>();
  const changed = new Set<string>();
  const latest = new Map<string, FileSight>();
  let isTold = true;
  const look = async (absolute: string): Promise<FileSight> => {
    const known = cache().find(absolute, stampOf(await fileStat(absolute)));
    const sight = known ?? (await readSteadily(absolute));
    if (known === undefined) cache().remember(absolute, sight);
    latest.set(absolute, sight);
    return sight;
  };
  return Promise.resolve({
    async hash(path) {
      const absolute = resolve(path);
      const sight = await look(absolute);
      const earlier = hashed.get(absolute);
      if (earlier !== undefined && !sameStamp(earlier.stamp, sight.stamp)) changed.add(absolute);
      hashed.set(absolute, sight);
      return sight.digest;
    },
    look: async (path) => (await look(resolve(path))).digest,
    recall(path) {
      const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
      const sight = stats?.isFile() === true ? cache().find(path, stampOf(stats)) : undefined;
      if (sight !== undefined) latest.set(path, sight);
      return sight?.digest;
    },
    learn(path, sight) {
      cache().remember(path, sight);
      latest.set(path, sight);
    },
    listing(folder) {
      const readAt = Date.now();
      const stats = statSync(folder, { bigint: true, throwIfNoEntry: false });
      if (stats !== undefined) latest.set(folder, { stamp: stampOf(stats), digest: NO_DIGEST, readAt });
    },
    async unchanged(path) {
      const absolute = resolve(path);
      const before = hashed.get(absolute);
      if (before === undefined || changed.has(absolute)) return false;
      try {
        if (!sameStamp(before.stamp, stampOf(await fileStat(absolute)))) return false;
        // Too new for its times to tell a later change from the one that was seen: only reading tells.
        return isSettled(before) || (await readSteadily(absolute)).digest === before.digest;
      } catch {
        return false;
      }
    },
    cannotTell() {
      isTold = false;
    },
    sights: () => (changed.size > 0 || !isTold ? undefined : latest),
    close() {
      opened?.save();
      return Promise.resolve();
    },
  });
}

/** Of a folder. */
const NO_DIGEST = '' as Digest;

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
