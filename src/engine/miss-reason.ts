import type { StageKey } from '../core/ids.ts';
import type { PipelineSpec, StageSpec } from '../core/pipeline-spec.ts';
import type { Preimage } from '../core/preimage.ts';
import type { StageRecord } from '../core/stage-record.ts';
import type { Store } from '../core/store.ts';
import type { KeyDifference } from '../fingerprint/difference.ts';
import { nearestRecord } from '../fingerprint/nearest-record.ts';

/** Why a stage has to run. */
export type MissReason =
  | { readonly kind: 'never-ran' }
  /** Against the earlier result that differs least. */
  | { readonly kind: 'changed'; readonly before: StageRecord; readonly differences: readonly KeyDifference[] }
  | { readonly kind: 'forced' }
  /** It ran, but its artifact is no longer in the store. */
  | { readonly kind: 'result-gone'; readonly before: StageRecord };

export interface MissedStage {
  readonly spec: StageSpec;
  readonly key: StageKey;
  readonly preimage: Preimage;
}

export type ExplainMiss = (stage: MissedStage) => Promise<MissReason>;

/** Reads all records once, and only when there is a miss to explain. */
export function missExplainer(store: Store, pipeline: PipelineSpec): ExplainMiss {
  let reading: Promise<RecordIndex> | undefined;
  return async (stage) => {
    reading ??= indexRecords(store);
    const index = await reading;
    const gone = index.byKey.get(stage.key);
    if (gone !== undefined) return { kind: 'result-gone', before: gone };
    const own = index.byMaker.get(maker(stage.preimage.type.name, pipeline.name, stage.spec.id));
    const candidates = own ?? index.byType.get(stage.preimage.type.name) ?? [];
    const nearest = nearestRecord(candidates.slice(0, MOST_COMPARED), stage.preimage);
    if (nearest === undefined) return { kind: 'never-ran' };
    return { kind: 'changed', before: nearest.record, differences: nearest.differences };
  };
}

/**
 * Comparing thousands of misses with thousands of records would take minutes. So a stage is compared with its own earlier
 * results first, and with the newest ones.
 */
const MOST_COMPARED = 64;

interface RecordIndex {
  readonly byKey: ReadonlyMap<StageKey, StageRecord>;
  /** Newest first. */
  readonly byMaker: ReadonlyMap<string, readonly StageRecord[]>;
  readonly byType: ReadonlyMap<string, readonly StageRecord[]>;
}

async function indexRecords(store: Store): Promise<RecordIndex> {
  const records: StageRecord[] = [];
  for await (const record of store.records()) records.push(record);
  records.sort((a, b) => (a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : 0));
  return {
    byKey: new Map(records.map((record) => [record.key, record])),
    byMaker: groupBy(records, ({ preimage, madeBy }) => maker(preimage.type.name, madeBy.pipeline, madeBy.stage)),
    byType: groupBy(records, ({ preimage }) => preimage.type.name),
  };
}

function maker(type: string, pipeline: string, stage: string): string {
  return JSON.stringify([type, pipeline, stage]);
}

function groupBy<T>(values: readonly T[], nameOf: (value: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const name = nameOf(value);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [value]);
    else group.push(value);
  }
  return groups;
}
