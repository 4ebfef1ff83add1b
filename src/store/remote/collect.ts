import type { Digest } from '../../base/hash.ts';
import { artifactBytes } from '../../core/artifact.ts';
import type { StageKey } from '../../core/ids.ts';
import type { RemoteGcReport, RemovedResult } from '../../core/remote-gc.ts';
import type { StageRecord } from '../../core/stage-record.ts';
import { type ListedCheckpoint, isSent } from './checkpoints.ts';
import { LONGER_MS, type NoteRules, chooseNotes } from './collect-notes.ts';
import type { RemoteStore } from './remote-store.ts';

/** What was written since `before` stays. */
export interface RemoteGcRules extends NoteRules {
  /** Bytes of objects; none, if absent. */
  readonly limit?: number;
  /** What runs here need stays. */
  readonly needed: ReadonlySet<StageKey>;
  readonly dryRun: boolean;
}

interface Known {
  readonly key: StageKey;
  readonly isOld: boolean;
  /** Undefined for a damaged one. */
  readonly record: StageRecord | undefined;
}

/**
 * Records go first, and objects after them: of an object that no record names any more, the age is asked again right before it goes.
 * Whoever publishes a record has written anew what was older than a day, so that with a grace of more than that nothing goes that a
 * record comes to name meanwhile; should it be so after all, its record is a miss, and the stage that makes it mends it. Whoever
 * begins a run of a snapshot does so, too, and writes its note anew, whose age is asked again as well.
 */
export async function collectRemote(remote: RemoteStore, rules: RemoteGcRules): Promise<RemoteGcReport> {
  const { limit, before, dryRun, signal } = rules;
  const known: Known[] = [];
  for await (const { key, writtenAt } of remote.listRecords(signal))
    known.push({ key, isOld: writtenAt < before, record: await remote.record(key, signal) });
  const objects = new Map<Digest, { readonly bytes: number; readonly isOld: boolean }>();
  for await (const { digest, bytes, writtenAt } of remote.listObjects(signal))
    objects.set(digest, { bytes, isOld: writtenAt < before });

  const notes = await chooseNotes(remote, rules);
  const uses = countUses(known);
  const needed = new Set(rules.needed);
  const keys = new Set(known.map(({ key }) => key));
  for (const { objects: noted, key, isYoung } of notes.noted) {
    if (key !== undefined && isYoung) needed.add(key);
    // Of a result with a record, that decides.
    if (key === undefined || !keys.has(key)) for (const digest of noted) uses.set(digest, (uses.get(digest) ?? 0) + 1);
  }
  const bytesOf = (digests: Iterable<Digest>): number =>
    [...digests].reduce((sum, digest) => sum + (objects.get(digest)?.bytes ?? 0), 0);
  const bytesBefore = bytesOf(objects.keys());
  const going = new Set(
    [...objects].filter(([digest, { isOld }]) => isOld && !uses.has(digest)).map(([digest]) => digest),
  );
  const results: RemovedResult[] = known
    .filter(({ record, isOld }) => record === undefined && isOld)
    .map(({ key }) => ({ key, why: 'damaged' }));
  for (const record of limit === undefined ? [] : cheapestFirst(known, needed)) {
    if (bytesBefore - bytesOf(going) <= (limit ?? 0)) break;
    const { key, madeBy, seconds } = record;
    results.push({ key, why: 'over-limit', madeBy, seconds });
    for (const digest of digestsOf(record)) {
      const left = (uses.get(digest) ?? 0) - 1;
      uses.set(digest, left);
      if (left === 0 && objects.get(digest)?.isOld === true) going.add(digest);
    }
  }
  if (!dryRun) {
    for (const { key } of results) await remote.removeRecord(key, signal);
    for (const name of notes.old) await remote.removeOldNote(name, { before, signal });
    for (const digest of going) await remote.removeOldObject(digest, { before, signal });
  }
  const checkpoints = oldCheckpoints(await remote.listCheckpoints(signal), before);
  if (!dryRun) for (const checkpoint of checkpoints) await remote.removeCheckpoint(checkpoint, signal);
  const unfinished = dryRun ? 0 : await remote.removeUnfinished(before, signal);
  return {
    remote: remote.name,
    dryRun,
    ...(limit === undefined ? {} : { limit }),
    results,
    objects: going.size,
    checkpoints: checkpoints.length,
    notes: notes.old.length,
    unfinished,
    bytesBefore,
    bytesAfter: bytesBefore - bytesOf(going),
  };
}

/**
 * The furthest of a training stays for longer: it is what an interrupted one goes on from, and one that is to have more epochs.
 * That a training still goes on is seen from the one that it sent last.
 */
function oldCheckpoints(all: readonly ListedCheckpoint[], before: number): readonly ListedCheckpoint[] {
  const furthest = new Map<string, number>();
  for (const { group, epoch } of all.filter(isSent)) furthest.set(group, Math.max(epoch, furthest.get(group) ?? 0));
  return all.filter((checkpoint) => {
    const { group, epoch, files } = checkpoint;
    const isFurthest = isSent(checkpoint) && furthest.get(group) === epoch;
    const writtenAt = Math.max(...[...files.values()].map((file) => file.writtenAt));
    return writtenAt < (isFurthest ? before - LONGER_MS : before);
  });
}

function countUses(known: readonly Known[]): Map<Digest, number> {
  const uses = new Map<Digest, number>();
  for (const { record } of known)
    for (const digest of record === undefined ? [] : digestsOf(record)) uses.set(digest, (uses.get(digest) ?? 0) + 1);
  return uses;
}

function digestsOf({ artifact }: StageRecord): ReadonlySet<Digest> {
  return new Set(artifact.files.map(({ digest }) => digest));
}

/** By the seconds that a byte of it took; what is empty takes no room. */
function cheapestFirst(known: readonly Known[], needed: ReadonlySet<StageKey>): readonly StageRecord[] {
  const worth = (record: StageRecord): number => record.seconds / artifactBytes(record.artifact);
  return known
    .flatMap(({ record, isOld, key }) => (record !== undefined && isOld && !needed.has(key) ? [record] : []))
    .filter(({ artifact }) => artifactBytes(artifact) > 0)
    .sort((a, b) => worth(a) - worth(b));
}
