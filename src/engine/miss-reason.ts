import type { StageRecord } from '../core/stage-record.ts';
import type { KeyDifference } from '../fingerprint/difference.ts';

/** Why a stage has to run. */
export type MissReason =
  | { readonly kind: 'never-ran' }
  /** Against the earlier result that differs least. */
  | { readonly kind: 'changed'; readonly before: StageRecord; readonly differences: readonly KeyDifference[] }
  | { readonly kind: 'forced' }
  /** It ran, but its artifact is no longer in the store. */
  | { readonly kind: 'result-gone'; readonly before: StageRecord };
