import type { Digest } from '../../base/hash.ts';
import type { StageKey } from '../../core/ids.ts';

/** What things are called in a remote place; part of its format. */
export const FORMAT_NAME = 'store.json';
export const OBJECTS = 'objects/';
export const RECORDS = 'records/';

/** `objects/ab/cdef…` */
export function objectName(digest: Digest): string {
  return `${OBJECTS}${fanned(digest)}`;
}

/** `records/ab/cdef….json` */
export function recordName(key: StageKey): string {
  return `${RECORDS}${fanned(key)}.json`;
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
