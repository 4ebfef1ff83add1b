import type { Clock, PipelineEvent, RunStatus } from '../core/event.ts';
import type { RunId, StageId, StageKey } from '../core/ids.ts';
import type { StageRecord } from '../core/stage-record.ts';
import type { Problem } from '../diagnostics/problem.ts';
import type { StageExecutor } from './executor.ts';
import type { PlanContext } from './plan.ts';

export interface RunContext extends PlanContext {
  readonly run: RunId;
  readonly executor: StageExecutor;
  readonly clock: Clock;
  readonly emit: (event: PipelineEvent) => void;
  /** Stages executing at once. */
  readonly jobs: number;
  /** Aborted to cancel the run. */
  readonly signal: AbortSignal;
}

export interface RunResult {
  readonly status: RunStatus;
  /** In topological order. */
  readonly stages: ReadonlyMap<StageId, StageResult>;
}

export type StageResult =
  | { readonly status: 'reused'; readonly key: StageKey; readonly record: StageRecord }
  | { readonly status: 'ran'; readonly key: StageKey; readonly record: StageRecord }
  | { readonly status: 'failed'; readonly problem: Problem }
  /** `blockedBy` failed; absent where the run was cancelled. */
  | { readonly status: 'skipped'; readonly blockedBy?: StageId };

/**
 * Runs what has to run. Says everything through `emit`: one `run-started` first, one `run-finished` last. Does not close the
 * executor. Rejects only for bugs, and then leaves nothing running.
 */
export async function runStages(context: RunContext): Promise<RunResult> {
  throw new Error(`not written yet: ${context.run}`);
}
