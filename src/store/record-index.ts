import { readFileSync } from 'node:fs';
import { replaceFileSync } from '../base/atomic-file.ts';
import { isErrno } from '../base/errno.ts';
import { sealJson, unsealJson } from '../base/sealed-json.ts';
import { artifactBytes } from '../core/artifact.ts';
import type { RunId, StageId, StageKey } from '../core/ids.ts';
import type { RecordHead } from '../core/store.ts';
import type { Layout } from './layout.ts';
import { recordAt, recordKeys } from './results.ts';

/**
 * See Store.heads. Reading 10,000 records takes half a second, listing their names a few milliseconds; so what was read once is
 * kept in one file. It is an advice only: which records there are is asked of the folder, and whatever the file does not know is
 * read. A key says what went into it, so what the file says of a key stays true but for who made it and in what time.
 */
export function recordHeads(layout: Layout): readonly RecordHead[] {
  const known = readIndex(layout.recordIndex);
  let learnt = 0;
  const heads = recordKeys(layout).flatMap((key) => {
    const head = known.get(key);
    if (head !== undefined) return [head];
    learnt++;
    return readHead(layout, key);
  });
  if (learnt >= WORTH_SAVING) saveIndex(layout.recordIndex, heads);
  return heads;
}

/** Fewer are read again each time: writing the file costs as much as reading so many. */
const WORTH_SAVING = 100;

function readHead(layout: Layout, key: StageKey): readonly RecordHead[] {
  const record = recordAt(layout, key);
  if (record === undefined) return [];
  const { preimage, createdAt, madeBy, seconds, artifact } = record;
  return [{ key, type: preimage.type.name, createdAt, madeBy, seconds, bytes: artifactBytes(artifact) }];
}

/** Key, stage type, time, who made it (run, stage, pipeline), seconds and bytes. */
type Entry = readonly [StageKey, string, string, RunId, StageId, string, number, number];

function readIndex(file: string): ReadonlyMap<StageKey, RecordHead> {
  const heads = new Map<StageKey, RecordHead>();
  for (const [key, type, createdAt, run, stage, pipeline, seconds, bytes] of readEntries(file))
    heads.set(key, { key, type, createdAt, madeBy: { run, stage, pipeline }, seconds, bytes });
  return heads;
}

/** The seal says that the content is what `saveIndex` wrote, so its shape need not be looked at. */
function readEntries(file: string): readonly Entry[] {
  try {
    const content = unsealJson(readFileSync(file, 'utf8')) as { format: number; entries: readonly Entry[] } | undefined;
    return content?.format === 1 ? content.entries : [];
  } catch (error) {
    if (isErrno(error)) return [];
    throw error;
  }
}

function saveIndex(file: string, heads: readonly RecordHead[]): void {
  const entries = heads.map(({ key, type, createdAt, madeBy, seconds, bytes }): Entry => {
    return [key, type, createdAt, madeBy.run, madeBy.stage, madeBy.pipeline, seconds, bytes];
  });
  try {
    replaceFileSync(file, sealJson({ format: 1, entries }));
  } catch (error) {
    // A full disk or a read-only folder: the records are read again the next time.
    if (!isErrno(error)) throw error;
  }
}
