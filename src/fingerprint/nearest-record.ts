import type { Preimage } from '../core/preimage.ts';
import type { StageRecord } from '../core/stage-record.ts';
import { type KeyDifference, preimageDifferences } from './difference.ts';

export interface NearRecord {
  readonly record: StageRecord;
  /** From the record's preimage to the one asked for. */
  readonly differences: readonly KeyDifference[];
}

/** Of these, the one with the fewest differing components, among these the fewest differences, among these the newest. */
export function nearestRecord(records: Iterable<StageRecord>, preimage: Preimage): NearRecord | undefined {
  let best: NearRecord | undefined;
  for (const record of records) {
    const near = { record, differences: preimageDifferences(record.preimage, preimage) };
    if (best === undefined || compare(near, best) < 0) best = near;
  }
  return best;
}

function compare(a: NearRecord, b: NearRecord): number {
  return (
    components(a) - components(b) ||
    a.differences.length - b.differences.length ||
    (a.record.createdAt < b.record.createdAt ? 1 : -1)
  );
}

function components(near: NearRecord): number {
  return new Set(near.differences.map((difference) => difference.component)).size;
}
