import type { Digest } from '../base/hash.ts';
import type { StageId, StageKey } from '../core/ids.ts';
import type { StageRecord } from '../core/stage-record.ts';
import type { Problem } from '../diagnostics/problem.ts';

export type StageResult =
  | { readonly status: 'reused'; readonly key: StageKey; readonly record: StageRecord }
  | { readonly status: 'ran'; readonly key: StageKey; readonly record: StageRecord; readonly seconds: number }
  /** Cancelled while it ran, too: then the problem is `stage-cancelled`. */
  | { readonly status: 'failed'; readonly problem: Problem; readonly seconds: number }
  /** Not begun. */
  | { readonly status: 'skipped'; readonly reason: SkipReason };

export type SkipReason =
  /** With the run. */
  | { readonly kind: 'cancelled' }
  /** It needs a stage that failed. */
  | { readonly kind: 'blocked'; readonly by: StageId }
  /** Its `when` does not hold. */
  | { readonly kind: 'condition'; readonly because: string }
  /** It needs a stage whose `when` does not hold, directly or not. */
  | { readonly kind: 'needs-skipped'; readonly skipped: StageId }
  /** Any stage failed, and the run does not keep going. */
  | { readonly kind: 'stopped'; readonly by: StageId };

export type ComputedStage =
  | StageResult
  /** An object among its inputs is not what its name says, or gone. */
  | { readonly status: 'damaged'; readonly object: Digest; readonly problem: Problem; readonly seconds: number };

export function recordOf(result: StageResult | undefined): StageRecord | undefined {
  return result?.status === 'reused' || result?.status === 'ran' ? result.record : undefined;
}

export function wasCancelled(result: StageResult): boolean {
  if (result.status === 'failed') return result.problem.code === 'stage-cancelled';
  return result.status === 'skipped' && result.reason.kind === 'cancelled';
}
