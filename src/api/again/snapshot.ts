import { mkdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFileSync } from '../../base/atomic-file.ts';
import { isErrno } from '../../base/errno.ts';
import type { Digest } from '../../base/hash.ts';
import type { JsonValue } from '../../base/json.ts';
import { sealJson, unsealJson } from '../../base/sealed-json.ts';
import { sweepFolder } from '../../base/sweep-folder.ts';
import type { EventBody } from '../../core/event.ts';
import type { BackendChoice } from '../../core/pipeline-spec.ts';
import type { TensorEnvironment } from '../../core/preimage.ts';
import type { FileSight } from '../../fingerprint/file-sight.ts';
import type { SeenPlaces } from '../../plugins/places.ts';
import type { RunDefinition } from '../../records/run-record.ts';

/**
 * A run that had nothing to do: what it told, and all that this depended on. Where every part is as it was, a run now would tell the
 * same; where anything differs, the snapshot says nothing.
 */
export interface Snapshot {
  readonly format: 1;
  /** See basis.ts. */
  readonly basis: Digest;
  readonly plugins: readonly SeenPlaces[];
  /** As chosen, and what it came to. */
  readonly backend: BackendChoice;
  readonly environment: TensorEnvironment;
  /** The person's files. */
  readonly files: readonly (readonly [path: string, sight: FileSight])[];
  /** Of the variables that commands are passed and that count: what each is known by, null where it is not set. */
  readonly variables: readonly (readonly [name: string, digest: Digest | null])[];
  readonly store: string;
  /** The file that says the store's format. */
  readonly storeFormat: string;
  /** One stamp a reused stage, in the order of the events: objects are looked at by their names and sizes. */
  readonly records: readonly StoredStamp[];
  /** The project's folder, and how many stages it runs at once. */
  readonly folder: string;
  readonly jobs: number;
  readonly definition: Pick<RunDefinition, 'name' | 'params' | 'targets'>;
  /** From the start to the end of the run. */
  readonly events: readonly EventBody[];
}

/**
 * Inode, size, mtime and ctime, as numbers: which of the store's files it is. They are never changed in place, so that this may be
 * as quick as it can be; what a person may write to needs a `FileStamp`.
 */
export type StoredStamp = readonly [inode: number, size: number, mtimeMs: number, ctimeMs: number];

export function storedStamp(path: string): StoredStamp | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? undefined : [stats.ino, stats.size, stats.mtimeMs, stats.ctimeMs];
}

/** @param name see `requestDigest` @returns undefined where there is none, or it is damaged or another version's */
export function readSnapshot(store: string, name: Digest): Snapshot | undefined {
  try {
    const snapshot = unsealJson(readFileSync(fileOf(store, name), 'utf8')) as unknown as Snapshot | undefined;
    return snapshot?.format === 1 ? snapshot : undefined;
  } catch {
    return undefined;
  }
}

/** A store that cannot be written to has none. */
export function writeSnapshot(store: string, name: Digest, snapshot: Snapshot): void {
  try {
    mkdirSync(folderOf(store), { recursive: true });
    replaceFileSync(fileOf(store, name), sealJson(snapshot as unknown as JsonValue));
    sweepFolder(folderOf(store), MOST_KEPT);
  } catch (error) {
    if (!isErrno(error)) throw error;
  }
}

/** So that the sweep sees that it is in use. */
export function touchSnapshot(store: string, name: Digest): void {
  try {
    const now = new Date();
    utimesSync(fileOf(store, name), now, now);
  } catch {
    // Swept just now, or not ours.
  }
}

const MOST_KEPT = 32;

function folderOf(store: string): string {
  return join(store, 'snapshots');
}

function fileOf(store: string, name: Digest): string {
  return join(folderOf(store), `${name}.json`);
}
