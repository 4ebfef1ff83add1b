import type { Digest } from '../../base/hash.ts';
import type { StageKey } from '../../core/ids.ts';
import type { StageRecord } from '../../core/stage-record.ts';
import type { GcRules, Needed, NeedReason } from '../../core/gc.ts';
import type { Inventory, StoredCheckpoint, StoredRecord } from './inventory.ts';

/** Why a thing may not go; undefined for one that may. */
export type KeepReason = NeedReason | 'young';

/** In the order in which a thing that several need is counted. */
export const KEEP_REASONS: readonly KeepReason[] = ['pinned', 'current', 'live', 'young'];

export interface Reasons {
  readonly results: readonly ReasonedResult[];
  readonly checkpoints: readonly ReasonedCheckpoint[];
  /** Of the objects that may not go. */
  readonly objects: ReadonlyMap<Digest, KeepReason>;
  readonly isYoung: (thing: { readonly changedAt: number }) => boolean;
}

export interface ReasonedResult {
  readonly stored: StoredRecord;
  readonly record: StageRecord;
  readonly why: KeepReason | undefined;
}

export interface ReasonedCheckpoint {
  readonly stored: StoredCheckpoint;
  readonly why: KeepReason | undefined;
  /** It serves only to go on from a result that is there and stays: the last to go, but not before that. */
  readonly isSpare: boolean;
}

export function whyEachStays(inventory: Inventory, needed: Needed, { now, grace }: GcRules): Reasons {
  const isYoung = ({ changedAt }: { readonly changedAt: number }): boolean => now - changedAt < grace;
  const results = inventory.records.flatMap((stored): readonly ReasonedResult[] => {
    const { key, record } = stored;
    if (record === undefined) return [];
    return [{ stored, record, why: needed.keys.get(key) ?? (isYoung(stored) ? 'young' : undefined) }];
  });
  const finished = new Map(results.map(({ stored, why }) => [stored.key, why]));
  return {
    results,
    checkpoints: inventory.checkpoints.map((stored) => whyCheckpointStays(stored, { finished, needed, isYoung })),
    objects: whyObjectsStay(inventory, { results, needed, isYoung }),
    isYoung,
  };
}

function whyCheckpointStays(
  stored: StoredCheckpoint,
  {
    finished,
    needed,
    isYoung,
  }: Pick<Reasons, 'isYoung'> & { needed: Needed; finished: ReadonlyMap<StageKey, KeepReason | undefined> },
): ReasonedCheckpoint {
  const key = stored.manifest?.owner?.key;
  const why = key === undefined ? undefined : needed.keys.get(key);
  if (isYoung(stored)) return { stored, why: 'young', isSpare: false };
  const isSpare = key !== undefined && why !== undefined && why !== 'live' && finished.has(key);
  return { stored, why, isSpare };
}

function whyObjectsStay(
  inventory: Inventory,
  { results, needed, isYoung }: Pick<Reasons, 'results' | 'isYoung'> & { needed: Needed },
): ReadonlyMap<Digest, KeepReason> {
  const reasons = new Map<Digest, KeepReason>();
  const stays = (digest: Digest, why: KeepReason): void => {
    const before = reasons.get(digest);
    if (before === undefined || KEEP_REASONS.indexOf(why) < KEEP_REASONS.indexOf(before)) reasons.set(digest, why);
  };
  for (const [digest, why] of needed.objects) stays(digest, why);
  for (const { record, why } of results) {
    if (why !== undefined) for (const { digest } of record.artifact.files) stays(digest, why);
  }
  for (const [digest, file] of inventory.objects) if (isYoung(file)) stays(digest, 'young');
  return reasons;
}
