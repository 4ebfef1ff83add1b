import type { Digest } from '../../base/hash.ts';
import { artifactBytes } from '../../core/artifact.ts';
import type { StageKey } from '../../core/ids.ts';
import type { RemoteGcReport, RemovedResult } from '../../core/remote-gc.ts';
import type { StageRecord } from '../../core/stage-record.ts';
import { type ListedCheckpoint, isSent } from './checkpoints.ts';
import type { RemoteStore } from './remote-store.ts';

export interface RemoteGcRules {
  /** Bytes of objects; none, if absent. */
  readonly limit?: number;
  /** Milliseconds since 1970: what is younger stays. */
  readonly before: number;
  /** What runs here need stays. */
  readonly needed: ReadonlySet<StageKey>;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
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
 * record comes to name meanwhile; should it be so after all, its record is a miss, and the stage that makes it mends it.
 */
export async function collectRemote(remote: RemoteStore, rules: RemoteGcRules): Promise<RemoteGcReport> {
  const { limit, before, dryRun, signal } = rules;
  const known: Known[] = [];
  for await (const { key, writtenAt } of remote.listRecords(signal))
    known.push({ key, isOld: writtenAt < before, record: await remote.record(key, signal) });
  const objects = new Map<Digest, { readonly bytes: number; readonly isOld: boolean }>();
  for await (const { digest, bytes, writtenAt } of remote.listObjects(signal))
    objects.set(digest, { bytes, isOld: writtenAt < before });

  const uses = countUses(known);
  const bytesOf = (digests: Iterable<Digest>): number =>
    [...digests].reduce((sum, digest) => sum + (objects.get(digest)?.bytes ?? 0), 0);
  const bytesBefore = bytesOf(objects.keys());
  const going = new Set(
    [...objects].filter(([digest, { isOld }]) => isOld && !uses.has(digest)).map(([digest]) => digest),
  );
  const results: RemovedResult[] = known
    .filter(({ record, isOld }) => record === undefined && isOld)
    .map(({ key }) => ({ key, why: 'damaged' }));
  for (const record of limit === undefined ? [] : cheapestFirst(known, rules)) {
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
    return writtenAt < (isFurthest ? before - FURTHEST_FOR_MS : before);
  });
}

const FURTHEST_FOR_MS = 14 * 24 * 3600 * 1000;

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
function cheapestFirst(known: readonly Known[], { needed }: RemoteGcRules): readonly StageRecord[] {
  const worth = (record: StageRecord): number => record.seconds / artifactBytes(record.artifact);
  return known
    .flatMap(({ record, isOld, key }) => (record !== undefined && isOld && !needed.has(key) ? [record] : []))
    .filter(({ artifact }) => artifactBytes(artifact) > 0)
    .sort((a, b) => worth(a) - worth(b));
}
