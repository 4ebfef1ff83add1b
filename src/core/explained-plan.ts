import type { JsonValue } from '../base/json.ts';
import type { EventProblem } from './event.ts';
import type { StageId, StageKey } from './ids.ts';
import type { StageVariant } from './pipeline-spec.ts';
import type { Preimage } from './preimage.ts';
import type { StageRecord } from './stage-record.ts';

/** What would run, and why: what `pipeline plan --json` prints. */
export interface ExplainedPlan {
  /** In topological order. */
  readonly stages: readonly ExplainedStage[];
  readonly expected: ExpectedCost;
  /** What the reused results took when they ran. */
  readonly saved: { readonly seconds: number; readonly bytes: number };
  /** Of the remote, where there is one. */
  readonly warnings?: readonly string[];
}

/** Of the stages that will run or may, going by earlier results: about, and no more than that. */
export interface ExpectedCost {
  /** Of work. */
  readonly seconds: number;
  /** That come into the store. */
  readonly bytes: number;
  /** From start to end, with so many stages at once. */
  readonly elapsedSeconds: number;
  /** Stages at once. */
  readonly jobs: number;
  /** Stages of which no earlier result is known, and which no sum counts. */
  readonly unknownStages: number;
}

/** One stage of a plan as people and programs are told it. */
export interface ExplainedStage {
  readonly stage: StageId;
  /** Where it is one of several of the same stage. */
  readonly variant?: StageVariant;
  readonly type: string;
  readonly needs: readonly StageId[];
  /** `unknown`: known after the stages that it waits for have run. `skipped`: its `when` does not hold. `blocked`: cannot run, see `problem`. */
  readonly status: 'hit' | 'miss' | 'unknown' | 'skipped' | 'blocked';
  readonly key?: StageKey;
  /** For a hit: the remote that it would be brought from; absent where it is here. */
  readonly from?: string;
  /** What it took when it ran, for a hit; about what it may take, for one that will run or may: absent where nothing like it ever ran. */
  readonly seconds?: number;
  /** The same of what it adds to the store. */
  readonly bytes?: number;
  /** Why it will run, or is skipped, in a few words. */
  readonly reason?: string;
  /** What differs from the nearest earlier result. */
  readonly changes?: readonly KeyChange[];
  readonly waitsFor?: readonly StageId[];
  readonly problem?: EventProblem;
}

/** A part of a key that differs from an earlier one, with its place in the YAML. */
export interface KeyChange {
  readonly component: 'type' | 'code' | 'options' | 'inputs' | 'files' | 'seed' | 'env' | 'node' | 'environment';
  /** `/with/distillation/temperature`, `/needs/data` */
  readonly pointer: string;
  /** Absent where it was added. */
  readonly before?: JsonValue;
  /** Absent where it was removed. */
  readonly after?: JsonValue;
  /** `pipelines/mnist-distill.yaml:31:22`, for what stands in the YAML. */
  readonly where?: string;
}

/** A stage's key, part by part, and how it differs from the nearest earlier result: `pipeline why --json`. */
export type ExplainedKey = { readonly stage: StageId; readonly type: string } & (
  | {
      readonly status: 'hit' | 'miss';
      /** For a hit: the remote that has it; absent where it is here. */
      readonly from?: string;
      readonly key: StageKey;
      readonly preimage: Preimage;
      /** Of another key; absent where no other result of the stage type is in the store. */
      readonly nearest?: NearestResult;
    }
  | { readonly status: 'unknown'; readonly waitsFor: readonly StageId[] }
  | { readonly status: 'skipped'; readonly reason: string }
);

interface NearestResult {
  readonly key: StageKey;
  readonly createdAt: string;
  readonly madeBy: StageRecord['madeBy'];
  readonly changes: readonly KeyChange[];
}
