import { mkdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFileSync } from '../../base/atomic-file.ts';
import { isErrno } from '../../base/errno.ts';
import { type Digest, sha256 } from '../../base/hash.ts';
import { sweepFolder } from '../../base/sweep-folder.ts';
import type { EventBody, RunStatus } from '../../core/event.ts';
import type { StageKey } from '../../core/ids.ts';
import type { BackendChoice } from '../../core/pipeline-spec.ts';
import type { TensorEnvironment } from '../../core/preimage.ts';
import { type FileStamp, stampOf } from '../../fingerprint/file-sight.ts';
import type { SeenPlaces } from '../../plugins/places.ts';
import type { RunDefinition } from '../../records/run-record.ts';

/**
 * A run that had nothing to do: what it told, and all that this depended on. Where every part is as it was, a run now would tell the
 * same; where anything differs, the snapshot says nothing. What grows with the number of stages and is only passed on stays text.
 */
export interface Snapshot {
  readonly head: SnapshotHead;
  /** `stages` of the event run-started, as JSON. */
  readonly selected: string;
  /** `stages` of the run's record, as JSON. */
  readonly stages: string;
  /** Each reused stage's event as JSON, without the brace that it begins with and without its time. */
  readonly reused: readonly string[];
}

export interface SnapshotHead {
  readonly format: 1;
  /** See basis.ts. */
  readonly basis: Digest;
  readonly plugins: readonly SeenPlaces[];
  /** As chosen, and what it came to. */
  readonly backend: BackendChoice;
  readonly environment: TensorEnvironment;
  /** The person's files and folders, with a stamp that every later change would change. */
  readonly files: readonly (readonly [path: string, stamp: string])[];
  /** Of the variables that commands are passed and that count: what each is known by, null where it is not set. */
  readonly variables: readonly (readonly [name: string, digest: Digest | null])[];
  readonly store: string;
  /** The file that says the store's format. */
  readonly storeFormat: string;
  readonly records: readonly (readonly [StageKey, ...StoredStamp])[];
  readonly objects: readonly (readonly [Digest, bytes: number])[];
  /** The project's folder, and how many stages it runs at once. */
  readonly folder: string;
  readonly jobs: number;
  readonly definition: Pick<RunDefinition, 'name' | 'params' | 'targets'>;
  readonly gates: readonly Extract<EventBody, { type: 'gate-checked' }>[];
  readonly status: RunStatus;
}

/**
 * Inode, size, mtime and ctime, as numbers: which of the store's files it is. They are never changed in place, so that this may be
 * as quick as it can be; what a person may write to needs all of the nanoseconds.
 */
export type StoredStamp = readonly [inode: number, size: number, mtimeMs: number, ctimeMs: number];

export function storedStamp(path: string): StoredStamp | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? undefined : [stats.ino, stats.size, stats.mtimeMs, stats.ctimeMs];
}

/** Of a person's file or folder. */
export function fileStampText(path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? undefined : stampText(stampOf(stats));
}

export function stampText({ device, inode, size, mtimeNs, ctimeNs }: FileStamp): string {
  return `${device} ${inode} ${size} ${mtimeNs} ${ctimeNs}`;
}

/** @param name see `requestDigest` @returns undefined where there is none, or it is damaged or another version's */
export function readSnapshot(store: string, name: Digest): Snapshot | undefined {
  const text = readSealed(fileOf(store, name));
  if (text === undefined) return undefined;
  const [head = '', selected = '', stages = '', ...reused] = text.split('\n');
  const read = JSON.parse(head) as SnapshotHead | { readonly format: 0 };
  return read.format === 1 ? { head: read, selected, stages, reused } : undefined;
}

/** A store that cannot be written to has none. */
export function writeSnapshot(name: Digest, { head, selected, stages, reused }: Snapshot): void {
  const { store } = head;
  const text = [JSON.stringify(head), selected, stages, ...reused].join('\n');
  try {
    mkdirSync(folderOf(store), { recursive: true });
    replaceFileSync(fileOf(store, name), `${sha256(text)}\n${text}`);
    sweepFolder(folderOf(store), MOST_KEPT);
  } catch (error) {
    if (!isErrno(error)) throw error;
  }
}

/** The text behind its checksum, if it is whole. */
function readSealed(file: string): string | undefined {
  try {
    const bytes = readFileSync(file);
    const text = bytes.subarray(CHECKSUM_LENGTH + 1);
    return sha256(text) === bytes.toString('latin1', 0, CHECKSUM_LENGTH) ? text.toString('utf8') : undefined;
  } catch {
    return undefined;
  }
}

const CHECKSUM_LENGTH = 64;

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
  return join(folderOf(store), name);
}
