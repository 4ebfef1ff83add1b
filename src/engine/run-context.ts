import type { Clock, Emit, PipelineEvent } from '../core/event.ts';
import type { RunId, StageId, StageKey } from '../core/ids.ts';
import type { StageSpec } from '../core/pipeline-spec.ts';
import type { StageProgress } from '../core/stage-runner.ts';
import type { EarlierResults } from './earlier-results.ts';
import type { StageExecutor } from './executor.ts';
import type { LookUpStage } from './lookup.ts';
import type { PlanContext } from './plan-context.ts';
import type { OutputLocks } from './project-files/output-locks.ts';
import type { Places } from './places.ts';
import type { StageResult } from './stage-result.ts';

export interface RunContext extends PlanContext {
  readonly run: RunId;
  readonly executor: StageExecutor;
  readonly clock: Clock;
  readonly emit: (event: PipelineEvent) => void;
  /** Stages executing at once. */
  readonly jobs: number;
  /** What they share besides, by name; none if absent. */
  readonly resources?: Readonly<Record<string, number>>;
  /** Aborted to cancel the run. */
  readonly signal: AbortSignal;
  /** Tells how another run gets on with the stage of this key, until the signal. Never throws; nothing is told if absent. */
  readonly follow?: FollowStage;
  /** Whether stages that do not need a failed one are still begun. */
  readonly keepGoing: boolean;
  /** Milliseconds from one checkpoint that goes to the remote to the next one of its stage, at least. */
  readonly checkpointPause?: number;
  /** Of a stage whose earlier attempts were made elsewhere; 1 if absent. */
  readonly firstAttempt?: number;
  /** Which share of the hits is made again and compared, from 0 to 1; none if absent. */
  readonly audit?: number;
}

export type FollowStage = (
  stage: { readonly run: RunId; readonly key: StageKey },
  hooks: { readonly signal: AbortSignal; readonly progress: (event: StageProgress) => void },
) => void;

/** A run under way, as its stages share it. */
export interface ActiveRun {
  readonly context: RunContext;
  readonly emit: Emit;
  /** Aborted when the run is cancelled, and when a bug ends it. */
  readonly signal: AbortSignal;
  /** Those that take part. */
  readonly stages: ReadonlyMap<StageId, StageSpec>;
  /** Of the stages that are done, the latest of each. */
  readonly results: Map<StageId, StageResult>;
  readonly lookUp: LookUpStage;
  readonly earlier: EarlierResults;
  readonly places: Places;
  readonly outputs: OutputLocks;
  /** `by`: the first stage that failed, after which none is begun. */
  readonly stop: { by?: StageId };
  /** Stages that are made again, because what the store had of them was damaged. */
  readonly healing: Map<StageId, Promise<void>>;
  /** Puts there what a stage needs that is made again, where not all results are at hand. */
  readonly fetchNeeds?: (stage: StageId) => Promise<void>;
}
