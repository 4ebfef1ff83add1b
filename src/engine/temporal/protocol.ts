/** What client, workflow and workers say to each other. It is kept in Temporal's histories: what is there once keeps its meaning. */
import type { Digest } from '../../base/hash.ts';
import type { PipelineEvent } from '../../core/event.ts';
import type { RunId, StageId } from '../../core/ids.ts';
import type { StageResult } from '../stage-result.ts';

export const WORKFLOW_TYPE = 'runPipeline';

/** A run, as its workflow is given it. */
export interface RunPlan {
  readonly format: 1;
  readonly run: RunId;
  /** Of what is run: see RunSnapshot. */
  readonly snapshot: Digest;
  /** Each after those that it needs. */
  readonly stages: readonly PlannedStage[];
  /** Task queues that stages name by their place here. */
  readonly queues: readonly string[];
  /** Stages under way at once. */
  readonly jobs: number;
  readonly keepGoing: boolean;
  /** Milliseconds after which a worker that says nothing is given up. */
  readonly heartbeatTimeout: number;
  /** A letter a stage, of those that ended in an earlier part of the workflow. */
  readonly done?: string;
}

export interface PlannedStage {
  readonly id: StageId;
  readonly queue: number;
  /** Places of the stages that it needs. */
  readonly needs: readonly number[];
  /** Places of those that its `when` is about; there where it has a `when`, which a worker judges. */
  readonly conditions?: readonly number[];
  /** Milliseconds of an attempt. */
  readonly timeout?: number;
  readonly forced?: true;
}

/** Not yet; has a result; failed; was cancelled; skipped by its `when`; blocked, or skipped for another's sake. */
export type StageCode = '.' | 'd' | 'f' | 'c' | 's' | 'b';

export interface StageInput {
  readonly run: RunId;
  readonly snapshot: Digest;
  readonly stage: StageId;
  /** From 1. */
  readonly attempt: number;
  readonly forced?: true;
  /** Of those that it needs or that its `when` is about, how each ended that has no result: a stage may gather thousands. */
  readonly before?: Readonly<Record<StageId, StageCode>>;
}

export type StageOutput =
  | { readonly code: Exclude<StageCode, '.'> }
  /** It failed, and is tried again after so many seconds. */
  | { readonly code: 'retry'; readonly delay: number };

/** How a stage ended, as its worker leaves it in the remote for who follows, and for the stages after it. */
export interface StageNote {
  readonly result: StageResult;
  /** All of them, but for how far it got. */
  readonly events: readonly PlacedEvent[];
  /** Of which life the events are. */
  readonly life: string;
}

/** What the heartbeats of a stage under way carry. */
export interface StageBeat {
  /** Another one for each worker that has it, and each attempt. */
  readonly life: string;
  readonly worker: string;
  /** The latest. */
  readonly events: readonly PlacedEvent[];
}

/** With its place in all events of its life: the same words may be said twice. */
export type PlacedEvent = readonly [place: number, event: PipelineEvent];
