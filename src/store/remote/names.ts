import type { Digest } from '../../base/hash.ts';
import type { StageKey } from '../../core/ids.ts';

/** What things are called in a remote place; part of its format. */
export const FORMAT_NAME = 'store.json';
export const OBJECTS = 'objects/';
export const RECORDS = 'records/';
export const CHECKPOINTS = 'checkpoints/';

export const NOTES = 'notes/';

/** `notes/ab12…/20261126-0010-ab12/9f….json` */
export function noteName(name: string): string {
  return `${NOTES}${name}.json`;
}

/** Undefined where it is no note's name. */
export function noteOfName(name: string): string | undefined {
  return /^notes\/([0-9a-f]{64}(?:\/[\w-]+)+)\.json$/.exec(name)?.[1];
}

/** `objects/ab/cdef…` */
export function objectName(digest: Digest): string {
  return `${OBJECTS}${fanned(digest)}`;
}

/** `records/ab/cdef….json` */
export function recordName(key: StageKey): string {
  return `${RECORDS}${fanned(key)}.json`;
}

/** `checkpoints/ab/cdef…/`, in which `epoch-000005/weights.bin` lies. */
export function checkpointsName(resumeKey: Digest): string {
  return `${CHECKPOINTS}${fanned(resumeKey)}/`;
}

/** Of a file of a checkpoint; undefined where it is no such name. */
export function checkpointFileOf(name: string): CheckpointFile | undefined {
  const [, group, epoch, file] =
    /^(checkpoints\/[0-9a-f]{2}\/[0-9a-f]{62}\/)epoch-(\d{6,9})\/([^/]+)$/.exec(name) ?? [];
  if (group === undefined || epoch === undefined || file === undefined) return undefined;
  return { group, epoch: Number(epoch), file };
}

export interface CheckpointFile {
  /** What the names of all checkpoints of its training begin with. */
  readonly group: string;
  readonly epoch: number;
  readonly file: string;
}

/** Undefined where it is no object's name. */
export function digestOfName(name: string): Digest | undefined {
  const [, start, end] = /^objects\/([0-9a-f]{2})\/([0-9a-f]{62})$/.exec(name) ?? [];
  return start === undefined || end === undefined ? undefined : (`${start}${end}` as Digest);
}

/** Undefined where it is no record's name. */
export function keyOfName(name: string): StageKey | undefined {
  const [, start, end] = /^records\/([0-9a-f]{2})\/([0-9a-f]{62})\.json$/.exec(name) ?? [];
  return start === undefined || end === undefined ? undefined : (`${start}${end}` as StageKey);
}

/** A digest may come from a record that somebody else wrote. */
function fanned(digest: Digest): string {
  if (!/^[0-9a-f]{64}$/.test(digest)) throw new TypeError(`not a digest: ${digest}`);
  return `${digest.slice(0, 2)}/${digest.slice(2)}`;
}
