import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type FileStamp, isSettled, sameStamp, stampOf } from '../fingerprint/file-sight.ts';
import { isPackageFile } from './packages.ts';

/**
 * What a bundle was made from, as the file system shows it. Where all of it is as it was, bundling again would give the same:
 * besides the files themselves, it is what decides which file an import means.
 */
export interface SeenPlaces {
  /** When bundling began, milliseconds since 1970. */
  readonly readAt: number;
  /** Files and folders; without a stamp where there was none. */
  readonly stamps: readonly (readonly [path: string, stamp: FileStamp | null])[];
  /** Of a folder, the names that an import of one of its files could mean. */
  readonly names: readonly (readonly [folder: string, stems: readonly string[], names: readonly string[]])[];
}

/** @param files absolute; looked at after they were read, so that whatever changed meanwhile is newer than `readAt` */
export function seePlaces(files: readonly string[], readAt: number): SeenPlaces {
  const paths = new Set<string>(files);
  const stems = new Map<string, Set<string>>();
  for (const file of files) {
    for (let at = file; dirname(at) !== at; at = dirname(at)) {
      const folder = dirname(at);
      // Which package an import means, and what kind of module a file is.
      paths.add(join(folder, 'package.json')).add(join(folder, 'node_modules'));
      if (isPackageFile(file) || !isNear(folder, file)) continue;
      const known = stems.get(folder) ?? new Set<string>();
      stems.set(folder, known.add(stemOf(basename(at))));
    }
  }
  return {
    readAt,
    stamps: [...paths].map((path) => [path, stampAt(path)]),
    names: [...stems].map(([folder, names]) => [folder, [...names], namesIn(folder, names)]),
  };
}

export function isUnchanged({ readAt, stamps, names }: SeenPlaces): boolean {
  return (
    stamps.every(([path, before]) => {
      const now = stampAt(path);
      if (before === null || now === null) return before === now;
      return sameStamp(before, now) && isSettled({ stamp: before, readAt });
    }) &&
    names.every(([folder, stems, before]) => {
      const now = namesIn(folder, new Set(stems));
      return now.length === before.length && now.every((name, index) => name === before[index]);
    })
  );
}

/** A file of an installed package that is another than when it was bundled. The plugin's own files run from the bundle. */
export function changedPackageFile({ stamps }: SeenPlaces): string | undefined {
  const changed = stamps.find(([path, before]) => {
    const now = isPackageFile(path) ? stampAt(path) : before;
    return before === null || now === null ? before !== now : !sameStamp(before, now);
  });
  return changed?.[0];
}

/** `./lib` may mean lib.ts here or lib/index.ts; further up, nothing is imported by a name that could mean another file. */
function isNear(folder: string, file: string): boolean {
  return folder === dirname(file) || folder === dirname(dirname(file));
}

function stampAt(path: string): FileStamp | null {
  try {
    const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
    return stats === undefined ? null : stampOf(stats);
  } catch {
    // Not to be looked at, now as before.
    return null;
  }
}

/** `helper` of `helper.ts`, which `helper.js` and a folder `helper` share. */
function stemOf(name: string): string {
  const dot = name.indexOf('.', 1);
  return dot === -1 ? name : name.slice(0, dot);
}

function namesIn(folder: string, stems: ReadonlySet<string>): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => stems.has(stemOf(name)))
      .sort();
  } catch {
    return [];
  }
}
