import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { replaceFileSync } from '../base/atomic-file.ts';
import type { Digest } from '../base/hash.ts';
import type { JsonValue } from '../base/json.ts';
import { sealJson, unsealJson } from '../base/sealed-json.ts';
import { type FileSight, type FileStamp, isSettled, sameStamp } from './file-sight.ts';

/** Digests by path, believed as long as the file's stamp is the same. Only ever an advice: what it does not know is read again. */
export interface StatCache {
  /** @returns what was seen there, if the file is the same still */
  find(path: string, stamp: FileStamp): FileSight | undefined;
  remember(path: string, sight: FileSight): void;
  /** Does nothing where nothing was learnt. */
  save(): void;
}

/** @param file a missing or damaged one is an empty cache */
export function openStatCache(file: string): StatCache {
  const sights = readSights(file);
  const learnt = new Map<string, FileSight>();
  return {
    find(path, stamp) {
      const sight = learnt.get(path) ?? sights.get(path);
      return sight !== undefined && sameStamp(sight.stamp, stamp) && isSettled(sight) ? sight : undefined;
    },
    remember(path, sight) {
      learnt.set(path, sight);
    },
    save() {
      if (learnt.size === 0) return;
      try {
        saveSights(file, learnt);
        learnt.clear();
      } catch {
        // A full disk or a read-only folder: the next run reads the files again.
      }
    },
  };
}

/**
 * Adds to what is there now: other runs may have saved meanwhile. Two that save at the same instant lose one's entries, which
 * costs a reading and nothing else, so there is no lock.
 */
function saveSights(file: string, learnt: ReadonlyMap<string, FileSight>): void {
  const all = [...new Map([...readSights(file), ...learnt])].filter(([, sight]) => isSettled(sight));
  const kept = all.sort(([, a], [, b]) => b.readAt - a.readAt).slice(0, MOST_ENTRIES);
  const entries = kept.map(([path, { stamp, digest, readAt }]) => [
    path,
    digest,
    readAt,
    stamp.device,
    stamp.inode,
    stamp.size,
    stamp.mtimeNs,
    stamp.ctimeNs,
  ]);
  mkdirSync(dirname(file), { recursive: true });
  replaceFileSync(file, sealJson({ format: 1, entries }));
}

const MOST_ENTRIES = 50_000;

function readSights(file: string): Map<string, FileSight> {
  const content = readContent(file);
  if (content?.format !== 1) return new Map();
  return new Map(
    content.entries.map(([path, digest, readAt, device, inode, size, mtimeNs, ctimeNs]) => [
      path,
      { digest, readAt, stamp: { device, inode, size, mtimeNs, ctimeNs } },
    ]),
  );
}

/** The checksum says that the content is what `saveSights` wrote, so its shape need not be looked at. */
function readContent(file: string): { format: number; entries: readonly Entry[] } | undefined {
  try {
    return unsealJson(readFileSync(file, 'utf8')) as ReturnType<typeof readContent> & JsonValue;
  } catch {
    return undefined;
  }
}

/** Path, digest, time of reading, and the stamp: device, inode, size, mtime and ctime. */
type Entry = readonly [string, Digest, number, string, string, string, string, string];
