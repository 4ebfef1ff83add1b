import { type Dirent, existsSync, readFileSync, readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { isTemporaryName } from '../../base/atomic-file.ts';
import { isErrno } from '../../base/errno.ts';
import type { Digest } from '../../base/hash.ts';
import type { StageKey } from '../../core/ids.ts';
import type { StageRecord } from '../../core/stage-record.ts';
import { type CheckpointManifest, readManifest } from '../checkpoints.ts';
import type { Layout } from '../layout.ts';
import { readClaims } from '../lock-claims.ts';
import { isRecordWhole, recordAt } from '../results.ts';
import { isAbandoned } from '../temporary.ts';

/** What lies in a store, as gc and verify look at it. */
export interface Inventory {
  readonly objects: ReadonlyMap<Digest, StoredFile>;
  readonly records: readonly StoredRecord[];
  readonly checkpoints: readonly StoredCheckpoint[];
  /** What processes left half-made that are surely gone. */
  readonly abandoned: readonly StoredThing[];
  /** By run, what people had written where outputs of commands go. */
  readonly replaced: readonly (StoredThing & { readonly changedAt: number })[];
  /** Locks of which nothing is left but claims of dead processes. */
  readonly deadLocks: readonly StoredThing[];
}

export interface StoredThing {
  readonly path: string;
  readonly bytes: number;
}

export interface StoredFile extends StoredThing {
  /** When it came or was last changed, milliseconds since 1970: the later of mtime and ctime, since nobody can set the latter. */
  readonly changedAt: number;
  /** Another one under the same name has another: its inode and mtime, which a rename leaves. Inode numbers are given anew. */
  readonly identity: string;
}

export interface StoredRecord extends StoredFile {
  readonly key: StageKey;
  /** Absent where it cannot be read, or not all objects that it names are there: it is no hit, and never will be. */
  readonly record?: StageRecord;
}

export interface StoredCheckpoint extends StoredFile {
  readonly epoch: number;
  /** Of all checkpoints that belong together. */
  readonly folder: string;
  /** Absent where it is none: damaged. */
  readonly manifest?: CheckpointManifest;
}

/** Synchronous, as `lookup` is and for its reason: a store has tens of thousands of files. */
export function takeInventory(layout: Layout): Inventory {
  return {
    objects: new Map(storedFiles(layout.objects, /^[0-9a-f]{64}$/).map(({ name, file }) => [name as Digest, file])),
    records: readRecords(layout),
    checkpoints: entriesIn(layout.checkpointRoot).flatMap((group) =>
      entriesIn(join(layout.checkpointRoot, group.name)).flatMap(({ name }) =>
        readCheckpoints(join(layout.checkpointRoot, group.name, name)),
      ),
    ),
    abandoned: [...abandonedThings(layout), ...leftovers(layout), ...idleMarks(layout)],
    replaced: entriesIn(layout.replaced).map(({ name }) => {
      const path = join(layout.replaced, name);
      return { path, bytes: bytesIn(path), changedAt: changedIn(path) };
    }),
    deadLocks: entriesIn(layout.locks)
      .map(({ name }) => join(layout.locks, name))
      .filter((folder) => readClaims(folder).every(({ state }) => state === 'dead'))
      .map((path) => ({ path, bytes: 0 })),
  };
}

/** Records as they are now. @param known spares the reading of those that are the same still */
export function readRecords(layout: Layout, known: readonly StoredRecord[] = []): readonly StoredRecord[] {
  const before = new Map(known.map((record) => [record.path, record]));
  return storedFiles(layout.keys, /^[0-9a-f]{64}\.json$/).map(({ name, file }) => {
    const key = name.slice(0, -'.json'.length) as StageKey;
    const same = before.get(file.path);
    if (same?.identity === file.identity && same.changedAt === file.changedAt) return same;
    const record = recordAt(layout, key);
    return { ...file, key, ...(record !== undefined && isRecordWhole(layout, record) ? { record } : {}) };
  });
}

/** Files in folders by their first two letters, with their whole names. */
function storedFiles(root: string, pattern: RegExp): readonly { readonly name: string; readonly file: StoredFile }[] {
  return entriesIn(root).flatMap((group) =>
    entriesIn(join(root, group.name)).flatMap((entry) => {
      const name = `${group.name}${entry.name}`;
      const file = pattern.test(name) ? lookAt(`${root}/${group.name}/${entry.name}`) : undefined;
      return file === undefined ? [] : [{ name, file }];
    }),
  );
}

function readCheckpoints(folder: string): readonly StoredCheckpoint[] {
  const used = lookAt(folder)?.changedAt ?? 0;
  return entriesIn(folder).flatMap(({ name }) => {
    const epoch = /^epoch-(\d+)$/.exec(name)?.[1];
    const path = join(folder, name);
    const file = epoch === undefined ? undefined : lookAt(path);
    if (file === undefined) return [];
    const manifest = readManifest(path);
    return [
      {
        ...file,
        bytes: bytesIn(path),
        // Whoever goes on from one of them touches their folder.
        changedAt: Math.max(file.changedAt, used),
        epoch: Number(epoch),
        folder,
        ...(manifest === undefined ? {} : { manifest }),
      },
    ];
  });
}

function abandonedThings(layout: Layout): readonly StoredThing[] {
  const folders = [
    layout.temporary,
    ...entriesIn(layout.checkpointRoot).flatMap(({ name: group }) =>
      entriesIn(join(layout.checkpointRoot, group)).map(({ name }) => join(layout.checkpointRoot, group, name)),
    ),
  ];
  return folders.flatMap((folder) =>
    entriesIn(folder)
      .filter(({ name }) => isAbandoned(name))
      .map(({ name }) => join(folder, name))
      .map((path) => ({ path, bytes: bytesIn(path) })),
  );
}

/**
 * What was to be renamed into its place, beside it, anywhere but where things have names that say whose they are. Its name does not
 * say so, but to write takes no hour.
 */
function leftovers(layout: Layout): readonly StoredThing[] {
  const others = new Set([layout.objects, layout.keys, layout.locks, layout.temporary, layout.checkpointRoot]);
  const foldersIn = (folder: string): readonly string[] =>
    entriesIn(folder)
      .filter((entry) => entry.isDirectory() && !isTemporaryName(entry.name))
      .map(({ name }) => join(folder, name));
  const areas = foldersIn(layout.root).filter((folder) => !others.has(folder));
  return [layout.root, ...areas, ...areas.flatMap(foldersIn)].flatMap((folder) =>
    entriesIn(folder)
      .filter(({ name }) => isTemporaryName(name))
      .map(({ name }) => join(folder, name))
      .filter((path) => Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) > AN_HOUR_MS)
      .map((path) => ({ path, bytes: bytesIn(path) })),
  );
}

const AN_HOUR_MS = 60 * 60 * 1000;

/** Of outputs that somebody began to make, and that are not there any more: each says which one. */
function idleMarks(layout: Layout): readonly StoredThing[] {
  return entriesIn(layout.unfinished)
    .map(({ name }) => join(layout.unfinished, name))
    .filter((path) => {
      const output = textIn(path)?.trimEnd();
      return output !== undefined && !existsSync(output);
    })
    .map((path) => ({ path, bytes: bytesIn(path) }));
}

/** When something in it came or was changed last. */
function changedIn(path: string): number {
  const inner = entriesIn(path).map(({ name }) => changedIn(join(path, name)));
  return inner.reduce((latest, each) => Math.max(latest, each), lookAt(path)?.changedAt ?? 0);
}

function textIn(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isErrno(error)) return undefined;
    throw error;
  }
}

/** Undefined where it is gone meanwhile. */
export function lookAt(path: string): StoredFile | undefined {
  const found: Stats | undefined = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  return {
    path,
    bytes: found.size,
    changedAt: Math.max(found.mtimeMs, found.ctimeMs),
    identity: `${found.ino} ${found.mtimeMs}`,
  };
}

/** Of all files in it; what may not be looked into counts nothing. */
function bytesIn(path: string): number {
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    return entries.reduce((sum, { name }) => sum + bytesIn(join(path, name)), 0);
  } catch (error) {
    if (isErrno(error, 'ENOTDIR')) return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (isErrno(error)) return 0;
    throw error;
  }
}

function entriesIn(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}
