import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { link, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { flushFolder, writeFlushed } from '../base/atomic-file.ts';
import { isErrno } from '../base/errno.ts';
import type { JsonValue } from '../base/json.ts';
import { sealJson, unsealJson } from '../base/sealed-json.ts';
import type { StageKey } from '../core/ids.ts';
import type { StageRecord } from '../core/stage-record.ts';
import type { Layout } from './layout.ts';
import { acquireLock } from './lock.ts';
import { hasObject } from './objects.ts';
import { temporaryPath } from './temporary.ts';

/** See Store.lookup. Synchronous, because a plan of 10,000 stages asks 10,000 times, and promises of the file system cost more than it. */
export function lookup(layout: Layout, key: StageKey): StageRecord | undefined {
  const record = recordAt(layout, key);
  return record !== undefined && isRecordWhole(layout, record) ? record : undefined;
}

/** Whether all objects that it names are there, as large as they should be. */
export function isRecordWhole(layout: Layout, { artifact }: StageRecord): boolean {
  return artifact.files.every(({ digest, bytes }) => hasObject(layout, digest, bytes));
}

/** See Store.record. */
export function recordAt(layout: Layout, key: StageKey): StageRecord | undefined {
  return readRecord(layout.record(key), key);
}

/** See Store.publish. */
export async function publish(
  layout: Layout,
  record: StageRecord,
  { replace = false }: { readonly replace?: boolean } = {},
): Promise<StageRecord> {
  const text = sealJson(record as unknown as JsonValue);
  const path = layout.record(record.key);
  const temporary = await temporaryPath(layout.temporary, 'record');
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFlushed(temporary, text, 0o444);
    let winner: StageRecord | undefined;
    if (replace) await rename(temporary, path);
    else if (!(await linkNew(temporary, path))) winner = await keepOrRepair(layout, record.key, temporary);
    await flushFolder(dirname(path));
    await flushFolder(layout.keys);
    // As a later lookup gives it, whatever JSON made of it.
    return winner ?? (unsealJson(text) as unknown as StageRecord);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** See Store.records. */
export function* allRecords(layout: Layout): Generator<StageRecord, undefined> {
  for (const key of recordKeys(layout)) {
    const record = recordAt(layout, key);
    if (record !== undefined) yield record;
  }
}

/** Of every record there is, damaged ones too: by the files' names alone. Synchronous for the reason that `lookup` is. */
export function recordKeys(layout: Layout): readonly StageKey[] {
  return names(layout.keys).flatMap((group) =>
    names(join(layout.keys, group))
      .map((name) => `${group}${name}`)
      .filter((name) => /^[0-9a-f]{64}\.json$/.test(name))
      .map((name) => name.slice(0, -'.json'.length) as StageKey),
  );
}

/** A link is made as a whole or not at all, and never over another: the first one wins. */
async function linkNew(temporary: string, path: string): Promise<boolean> {
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw error;
  }
}

/**
 * There is a record already. It wins if it is a whole one; else it is replaced, by one process at a time, so that two that both
 * saw the damaged one do not each believe in their own. (Not the key's own lock: its holder is who publishes.)
 */
async function keepOrRepair(layout: Layout, key: StageKey, temporary: string): Promise<StageRecord | undefined> {
  const first = lookup(layout, key);
  if (first !== undefined) return first;
  const lock = await acquireLock(layout, `${layout.lock(key)}-repair`, {
    signal: new AbortController().signal,
    waiting: () => undefined,
  });
  try {
    const repaired = lookup(layout, key);
    if (repaired === undefined) await rename(temporary, layout.record(key));
    return repaired;
  } finally {
    await lock.release();
  }
}

function readRecord(path: string, key: StageKey): StageRecord | undefined {
  // Asked first: making an error costs ten times as much as asking.
  if (!existsSync(path)) return undefined;
  try {
    const record = unsealJson(readFileSync(path, 'utf8')) as unknown as StageRecord | undefined;
    return record?.format === 1 && record.key === key ? record : undefined;
  } catch (error) {
    if (isErrno(error, 'EACCES', 'EMFILE')) throw error;
    // Gone meanwhile, no file at all, or not to be read from the disk: not there.
    return undefined;
  }
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}
