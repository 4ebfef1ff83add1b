import type { StageRecord } from '../core/stage-record.ts';
import type { KeyDifference } from '../fingerprint/difference.ts';
import type { EarlierResults } from './earlier-results.ts';
import type { KeyedStage } from './keyed-stage.ts';

/** Why a stage has to run. */
export type MissReason =
  | { readonly kind: 'never-ran' }
  /** Against the earlier result that differs least. */
  | { readonly kind: 'changed'; readonly before: StageRecord; readonly differences: readonly KeyDifference[] }
  | { readonly kind: 'forced' }
  /** `cache: false`. */
  | { readonly kind: 'uncached' }
  /** It ran, but its artifact is no longer in the store. */
  | { readonly kind: 'result-gone'; readonly before: StageRecord };

/** Reads earlier records, and only when there is a miss to explain. */
export async function missReason(earlier: EarlierResults, { spec, key, preimage }: KeyedStage): Promise<MissReason> {
  const gone = await earlier.of(key);
  if (gone !== undefined) return { kind: 'result-gone', before: gone };
  const nearest = await earlier.nearest(spec, { key, preimage });
  if (nearest === undefined) return { kind: 'never-ran' };
  return { kind: 'changed', before: nearest.record, differences: nearest.differences };
}
