import type { Digest } from '../base/hash.ts';
import type { JsonValue } from '../base/json.ts';
import type { ProblemCode } from '../diagnostics/problem.ts';
import type { ArtifactRef } from './artifact.ts';
import type { RunId, StageId, StageKey } from './ids.ts';
import type { StageVariant } from './pipeline-spec.ts';
import type { StageProgress } from './stage-runner.ts';

/**
 * What the engine says happens. Plain JSON: the live list, the plain log, `--json` lines, the run's record and the web page are
 * all made from this one stream. `time` is milliseconds since 1970, from the run's clock.
 */
export type PipelineEvent = {
  /** Milliseconds since 1970. */
  readonly time: number;
} & EventBody;

export type EventBody =
  | {
      readonly type: 'run-started';
      readonly run: RunId;
      readonly pipeline: string;
      /** In topological order. */
      readonly stages: readonly StartedStage[];
      readonly jobs: number;
      readonly backend: string;
    }
  | {
      readonly type: 'stage-started';
      readonly stage: StageId;
      readonly key: StageKey;
      readonly because: string;
      /** From 2: after a failure of this stage in this run. Absent for the first one. */
      readonly attempt?: number;
    }
  | ({ readonly stage: StageId } & StageProgress)
  | {
      readonly type: 'stage-output';
      readonly stage: StageId;
      readonly stream: 'stdout' | 'stderr';
      readonly text: string;
    }
  /** Somebody else computes the same key; this run waits for the result. */
  | { readonly type: 'stage-waiting'; readonly stage: StageId; readonly key: StageKey; readonly holder: string }
  /** How that one gets on, while this run waits. */
  | {
      readonly type: 'holder-progress';
      readonly stage: StageId;
      /** The run that computes it. */
      readonly run: RunId;
      readonly progress: StageProgress;
    }
  | {
      readonly type: 'stage-reused';
      readonly stage: StageId;
      readonly key: StageKey;
      readonly artifact: ArtifactRef;
      readonly metrics: Readonly<Record<string, JsonValue>>;
      /** What it took when it ran. */
      readonly secondsSaved: number;
      /** The remote that it was brought from in this run; absent where it was here. */
      readonly from?: string;
    }
  | {
      readonly type: 'stage-finished';
      readonly stage: StageId;
      readonly key: StageKey;
      readonly artifact: ArtifactRef;
      readonly metrics: Readonly<Record<string, JsonValue>>;
      readonly seconds: number;
    }
  /** It failed, and is tried again after so many seconds. */
  | {
      readonly type: 'stage-retrying';
      readonly stage: StageId;
      /** The one that failed, from 1. */
      readonly attempt: number;
      readonly of: number;
      readonly delay: number;
      readonly problem: EventProblem;
      readonly seconds: number;
    }
  | { readonly type: 'stage-failed'; readonly stage: StageId; readonly problem: EventProblem; readonly seconds: number }
  /** Not run: it needs `blockedBy`, which failed; or `because` of something else. With neither, the run was cancelled. */
  | {
      readonly type: 'stage-skipped';
      readonly stage: StageId;
      readonly blockedBy?: StageId;
      readonly because?: string;
    }
  /** So many of the reused results are made again beside the store's, and compared. */
  | { readonly type: 'audit-started'; readonly stages: readonly StageId[]; readonly of: number }
  | ({
      readonly type: 'stage-audited';
      readonly stage: StageId;
      readonly key: StageKey;
      readonly seconds: number;
    } & AuditFinding)
  | { readonly type: 'warning'; readonly stage?: StageId; readonly message: string }
  | {
      readonly type: 'gate-checked';
      readonly metric: string;
      readonly bound: string;
      readonly value: number | null;
      readonly passed: boolean;
    }
  | { readonly type: 'run-finished'; readonly status: RunStatus; readonly seconds: number };

export interface StartedStage {
  readonly id: StageId;
  readonly type: string;
  readonly needs: readonly StageId[];
  /** Where it is one of several of the same stage. */
  readonly variant?: StageVariant;
}

export type AuditFinding =
  | { readonly verdict: 'same' }
  /** Other bytes, where the stage type does not promise the same ones. */
  | ({ readonly verdict: 'other'; readonly distances: readonly AuditDistance[] } & AuditedContent)
  /** Other bytes, though the stage type promises the same ones: the run has failed. */
  | ({ readonly verdict: 'differs'; readonly problem: EventProblem } & AuditedContent)
  /** It could not be made again: the run has failed. */
  | { readonly verdict: 'failed'; readonly problem: EventProblem };

interface AuditedContent {
  /** Of the artifact in the store. */
  readonly recorded: Digest;
  readonly made: Digest;
  /** That differ, or that only one of them has. */
  readonly files: readonly string[];
}

/** A number among the metrics, as it was and as it came out now. */
export interface AuditDistance {
  readonly metric: string;
  readonly recorded: number;
  readonly made: number;
}

/** How a run ended. */
export type RunStatus = 'succeeded' | 'failed' | 'gate-missed' | 'cancelled';

/** A problem without the text of its source: events are small and leave the process. */
export interface EventProblem {
  readonly code: ProblemCode;
  readonly message: string;
  readonly hint?: string;
  /** `pipelines/mnist-distill.yaml:21:7` */
  readonly where?: string;
}

export type Emit = (event: EventBody) => void;

/** Milliseconds since 1970; injected, so that tests own the time. */
export type Clock = () => number;
