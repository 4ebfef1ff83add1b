import type { Digest } from '../../base/hash.ts';
import type { JsonValue } from '../../base/json.ts';
import { sealJson } from '../../base/sealed-json.ts';
import type { ArtifactFile } from '../../core/artifact.ts';
import { RemoteError } from '../../core/remote-error.ts';
import type { RemoteItem, RemotePlace, WriteOptions } from '../../core/remote-place.ts';
import type { StageRecord } from '../../core/stage-record.ts';
import { objectName, recordName } from './names.ts';
import { readRecord } from './record.ts';

export interface PublishOptions {
  /** Where the bytes of an object are here. */
  readonly pathOf: (digest: Digest) => Promise<string>;
  /** This one wins over an earlier one. */
  readonly replace?: boolean;
  readonly signal: AbortSignal;
}

export interface Published {
  readonly record: StageRecord;
  /** Nothing was there under its key, or nothing that was whole. */
  readonly isNew: boolean;
  /** Of the objects that were not there. */
  readonly sentObjects: number;
  readonly sentBytes: number;
}

/** Lets so many requests at once go on as the place is given. */
export type Slotted = <T>(work: () => Promise<T>) => Promise<T>;

interface Sending extends PublishOptions {
  readonly slotted: Slotted;
  readonly suspects: Set<Digest>;
}

/** See RemoteStore.publish. */
export async function publish(place: RemotePlace, record: StageRecord, sending: Sending): Promise<Published> {
  const files = [...new Map(record.artifact.files.map((file) => [file.digest, file])).values()];
  const sent = (await Promise.all(files.map((file) => send(place, file, sending)))).filter(isNumber);
  const winner = await publishRecord(place, record, sending);
  return {
    record: winner,
    isNew: winner === record,
    sentObjects: sent.length,
    sentBytes: sent.reduce((sum, bytes) => sum + bytes, 0),
  };
}

/** Whether all objects that it names are there, as large as they should be. */
export async function isWhole(
  place: RemotePlace,
  { artifact }: StageRecord,
  asking: Pick<Sending, 'slotted' | 'signal'>,
): Promise<boolean> {
  const found = await Promise.all(artifact.files.map((file) => look(place, file, asking)));
  return found.every((item) => item !== undefined);
}

/** @returns the bytes that were sent; undefined where it was there */
export async function send(place: RemotePlace, file: ArtifactFile, sending: Sending): Promise<number | undefined> {
  const { digest, bytes } = file;
  const { suspects, pathOf, slotted, signal } = sending;
  const there = suspects.has(digest) ? undefined : await look(place, file, sending);
  if (there !== undefined && Date.now() - there.writtenAt < GOOD_FOR_MS) return undefined;
  const path = await pathOf(digest);
  await slotted(() => place.write(objectName(digest), { path, bytes, digest }, { signal }));
  suspects.delete(digest);
  return bytes;
}

/**
 * What has been there for longer is written anew, since a gc there may be about to take it away: it takes only what is older than
 * a grace of two days, so that whatever a record comes to name meanwhile stays.
 */
const GOOD_FOR_MS = 24 * 3600 * 1000;

async function look(
  place: RemotePlace,
  { digest, bytes }: ArtifactFile,
  { slotted, signal }: Pick<Sending, 'slotted' | 'signal'>,
): Promise<RemoteItem | undefined> {
  const item = await slotted(() => place.look(objectName(digest), signal));
  return item?.bytes === bytes ? item : undefined;
}

/** @returns the record that is there from now on */
async function publishRecord(place: RemotePlace, record: StageRecord, sending: Sending): Promise<StageRecord> {
  const { slotted, suspects, signal, replace = false } = sending;
  const name = recordName(record.key);
  const text = sealJson(record as unknown as JsonValue);
  const write = async (only?: WriteOptions['only']): Promise<boolean> => {
    const options = only === undefined ? { signal } : { signal, only };
    return (await slotted(() => place.write(name, text, options))) === 'written';
  };
  if (replace) {
    await write();
    return record;
  }
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    if (await write('absent')) return record;
    const there = await slotted(() => readRecord(place, record.key, signal));
    // Taken away meanwhile.
    if (there === undefined) continue;
    const earlier = there.record;
    // Of equal content, whose objects are there now.
    if (earlier?.artifact.digest === record.artifact.digest) return earlier;
    const isSuspect = earlier?.artifact.files.some(({ digest }) => suspects.has(digest));
    if (earlier !== undefined && isSuspect !== true && (await isWhole(place, earlier, sending))) return earlier;
    // A damaged one, or one without its objects, gives way; of two that see it, one replaces it.
    if (await write({ tag: there.item.tag })) return record;
  }
  throw new RemoteError(`the record ${name} of ${place.name} changes all the time`);
}

const MOST_ATTEMPTS = 5;

function isNumber(value: number | undefined): value is number {
  return value !== undefined;
}
