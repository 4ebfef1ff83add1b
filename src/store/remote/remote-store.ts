import type { Digest } from '../../base/hash.ts';
import type { JsonValue } from '../../base/json.ts';
import { sealJson, unsealJson } from '../../base/sealed-json.ts';
import { Slots } from '../../base/slots.ts';
import type { ArtifactFile } from '../../core/artifact.ts';
import type { StageKey } from '../../core/ids.ts';
import type { ListedItem, LocalFile, RemotePlace } from '../../core/remote-place.ts';
import type { StageRecord } from '../../core/stage-record.ts';
import {
  type ListedCheckpoint,
  bringCheckpoint,
  listCheckpoints,
  removeCheckpoint,
  sendCheckpoint,
} from './checkpoints.ts';
import { checkFormat, prepareWriting } from './format.ts';
import {
  CHECKPOINTS,
  NOTES,
  OBJECTS,
  RECORDS,
  digestOfName,
  keyOfName,
  noteName,
  noteOfName,
  objectName,
  recordName,
} from './names.ts';
import { type PublishOptions, type Published, type Slotted, isWhole, publish, send } from './publish.ts';
import { readRecord, textOf } from './record.ts';
import { type Received, receiveFile } from './receive.ts';

/**
 * Objects by content and records by key, in a place elsewhere that many machines share. Objects are written first and their record
 * last, so what a record names is there, as long as nobody takes it away; whoever finds that it is not has a miss.
 */
export interface RemoteStore {
  /** For people. */
  readonly name: string;

  /** Throws what writing to it would throw: where it is not reached, is not ours to write to, or knows no conditional writes. */
  prepare(signal: AbortSignal): Promise<void>;

  /** Undefined where there is none, or it is damaged. Its objects are not looked at. */
  record(key: StageKey, signal: AbortSignal): Promise<StageRecord | undefined>;

  /**
   * Brings the objects there that it lacks, then the record. The first record published under a key wins, as long as its objects
   * are there, and is the one returned.
   */
  publish(record: StageRecord, options: PublishOptions): Promise<Published>;

  /** Writes an object into a new file, on the disk when it is `whole`. What is not what its digest says stays out. */
  receive(file: Pick<ArtifactFile, 'digest' | 'bytes'>, path: string, signal: AbortSignal): Promise<Received>;

  /** Whether all objects that it names are there, as large as they should be. */
  isWhole(record: StageRecord, signal: AbortSignal): Promise<boolean>;

  /**
   * The furthest whole checkpoint of a local folder goes there, if none that is as far is there, its files first and its manifest
   * last; then those of fewer epochs go.
   * @param options.staging an empty folder, since the training goes on meanwhile and removes what it has gone beyond
   * @param options.replace also in the place of one that is as far
   */
  sendCheckpoint(
    resumeKey: Digest,
    folder: string,
    options: { readonly staging: string; readonly replace: boolean; readonly signal: AbortSignal },
  ): Promise<void>;

  /** The furthest whole one there, if it is beyond all that are here. @returns whether one was brought */
  bringCheckpoint(resumeKey: Digest, folder: string, signal: AbortSignal): Promise<boolean>;

  /** All that are there, also those that were not sent to their end. */
  listCheckpoints(signal: AbortSignal): Promise<readonly ListedCheckpoint[]>;
  removeCheckpoint(checkpoint: ListedCheckpoint, signal: AbortSignal): Promise<void>;

  /**
   * What is kept under a name for a while, and is no result: what a run on several machines is of, and how its stages ended. Undefined
   * where there is none, or it is damaged.
   * @param name begins with a digest: `ab12…/20261126-0010-ab12/9f…`
   */
  readNote(name: string, signal: AbortSignal): Promise<JsonValue | undefined>;
  /** @param options.only `absent`: one that is there stays; else it is replaced */
  writeNote(
    name: string,
    note: JsonValue,
    options: { readonly only?: 'absent'; readonly signal: AbortSignal },
  ): Promise<'written' | 'refused'>;
  /** Brings objects there that it lacks. */
  sendObjects(files: readonly LocalFile[], signal: AbortSignal): Promise<void>;

  /** All that is kept there, by their names alone. What has no such name is nobody's. */
  listObjects(signal: AbortSignal): AsyncIterable<ListedItem & { readonly digest: Digest }>;
  listRecords(signal: AbortSignal): AsyncIterable<ListedItem & { readonly key: StageKey }>;
  /** Their names are as `readNote` wants them. */
  listNotes(signal: AbortSignal): AsyncIterable<ListedItem>;

  /** Leaves one that was written since `before` (milliseconds since 1970). */
  removeOldObject(digest: Digest, options: { readonly before: number; readonly signal: AbortSignal }): Promise<void>;
  removeOldNote(name: string, options: { readonly before: number; readonly signal: AbortSignal }): Promise<void>;
  removeRecord(key: StageKey, signal: AbortSignal): Promise<void>;

  /** What writers that were killed left half-made before this time (milliseconds since 1970). @returns how many */
  removeUnfinished(before: number, signal: AbortSignal): Promise<number>;

  close(): void;
}

export function openRemoteStore(place: RemotePlace): RemoteStore {
  const slots = new Slots(AT_ONCE);
  const slotted: Slotted = (work) => slots.within(work);
  const isUsable = untilDone((signal) => checkFormat(place, signal));
  const isWritable = untilDone((signal) => prepareWriting(place, signal));
  /** Found missing or damaged there: to be written anew, whatever a look says. */
  const suspects = new Set<Digest>();
  const suspectCheckpoints = new Set<string>();
  return {
    name: place.name,
    prepare: isWritable,
    async record(key, signal) {
      await isUsable(signal);
      return (await slotted(() => readRecord(place, key, signal)))?.record;
    },
    async publish(record, options) {
      await isWritable(options.signal);
      return publish(place, record, { ...options, slotted, suspects });
    },
    async receive(file, path, signal) {
      await isUsable(signal);
      const received = await slotted(() =>
        receiveFile(place, { ...file, name: objectName(file.digest) }, { path, signal }),
      );
      if (received !== 'whole') suspects.add(file.digest);
      return received;
    },
    async readNote(name, signal) {
      await isUsable(signal);
      const content = await slotted(() => place.read(noteName(name), { signal }));
      return content === undefined ? undefined : unsealJson(await textOf(content));
    },
    async writeNote(name, note, options) {
      await isWritable(options.signal);
      return slotted(() => place.write(noteName(name), sealJson(note), options));
    },
    async sendObjects(files, signal) {
      await isWritable(signal);
      const paths = new Map(files.map(({ digest, path }) => [digest, path]));
      const pathOf = (digest: Digest): Promise<string> => Promise.resolve(paths.get(digest) ?? '');
      await Promise.all(
        [...new Map(files.map((file) => [file.digest, file])).values()].map(({ digest, bytes }) =>
          send(place, { path: '', digest, bytes }, { pathOf, slotted, suspects, signal }),
        ),
      );
    },
    async isWhole(record, signal) {
      await isUsable(signal);
      return isWhole(place, record, { slotted, signal });
    },
    async sendCheckpoint(resumeKey, folder, options) {
      await isWritable(options.signal);
      await sendCheckpoint(place, { resumeKey, folder }, { ...options, slotted, suspects: suspectCheckpoints });
    },
    async bringCheckpoint(resumeKey, folder, signal) {
      await isUsable(signal);
      return bringCheckpoint(place, { resumeKey, folder }, { signal, slotted, suspects: suspectCheckpoints });
    },
    async listCheckpoints(signal) {
      await isUsable(signal);
      return listCheckpoints(place, CHECKPOINTS, signal);
    },
    removeCheckpoint: (checkpoint, signal) => removeCheckpoint(place, checkpoint, { slotted, signal }),
    async *listObjects(signal) {
      await isUsable(signal);
      for await (const item of place.list(OBJECTS, signal)) {
        const digest = digestOfName(item.name);
        if (digest !== undefined) yield { ...item, digest };
      }
    },
    async *listRecords(signal) {
      await isUsable(signal);
      for await (const item of place.list(RECORDS, signal)) {
        const key = keyOfName(item.name);
        if (key !== undefined) yield { ...item, key };
      }
    },
    async *listNotes(signal) {
      await isUsable(signal);
      for await (const item of place.list(NOTES, signal)) {
        const name = noteOfName(item.name);
        if (name !== undefined) yield { ...item, name };
      }
    },
    removeOldObject: (digest, old) => slotted(() => removeOld(place, objectName(digest), old)),
    removeOldNote: (name, old) => slotted(() => removeOld(place, noteName(name), old)),
    removeRecord: (key, signal) => slotted(() => place.remove(recordName(key), signal)),
    removeUnfinished: (before, signal) => place.removeUnfinished(before, signal),
    close: () => {
      place.close();
    },
  };
}

/** Requests to the place at once, large objects being sent in parts counted as one. */
const AT_ONCE = 8;

interface Old {
  readonly before: number;
  readonly signal: AbortSignal;
}

async function removeOld(place: RemotePlace, name: string, { before, signal }: Old): Promise<void> {
  const item = await place.look(name, signal);
  if (item !== undefined && item.writtenAt < before) await place.remove(name, signal);
}

/** Done once; what failed is tried again by the next one that asks. */
function untilDone(work: (signal: AbortSignal) => Promise<void>): (signal: AbortSignal) => Promise<void> {
  let done: Promise<void> | undefined;
  return (signal) => {
    done ??= work(signal).catch((error: unknown) => {
      done = undefined;
      throw error;
    });
    return done;
  };
}
