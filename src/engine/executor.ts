import type { Digest } from '../base/hash.ts';
import type { JsonObject } from '../base/json.ts';
import type { ArtifactFacts, ArtifactKind } from '../core/artifact.ts';
import type { StageId, StageKey } from '../core/ids.ts';
import type { BackendName } from '../core/pipeline-spec.ts';
import type { StageRecord } from '../core/stage-record.ts';
import type { StageOutcome, StageProgress } from '../core/stage-runner.ts';
import type { ReadableFile } from '../core/store.ts';
import type { ProblemCode } from '../diagnostics/problem.ts';

/**
 * Runs one stage somewhere else: in a child process here, in a Temporal worker elsewhere. It decides nothing about keys, hits
 * and order; it never rejects for what a stage does.
 */
export interface StageExecutor {
  /** Settles when nothing of the stage runs any more, whether it ended, failed, crashed or was cancelled. */
  execute(task: StageTask, hooks: StageHooks): Promise<StageExecution>;
  /** Ends what is still running, and gives everything back. Calling it again is harmless. */
  close(): Promise<void>;
}

/** All that a stage needs, as plain data. */
export interface StageTask {
  readonly stage: StageId;
  readonly type: string;
  /** Absolute path of the plugin's built code, for a stage type of a plugin. */
  readonly plugin?: string;
  readonly key: StageKey;
  readonly options: JsonObject;
  readonly seed: number;
  readonly backend: BackendName;
  /** Whether the tensor backend has to be there before the stage starts. */
  readonly tensors: boolean;
  /** By slot. */
  readonly inputs: Readonly<Record<string, TaskInput>>;
  /** Absolute. Relative paths in the options are relative to it. */
  readonly folder: string;
  /** Absolute, empty, and the stage's alone; what lies in it afterwards is the artifact. */
  readonly outputFolder: string;
  /** Absolute; made when first written to. */
  readonly checkpointFolder: string;
  /** Whose checkpoints they are. */
  readonly madeBy: StageRecord['madeBy'];
  /** Run in place of the type's own code. Its files are seen to by who asks. */
  readonly command?: CommandTask;
}

export interface CommandTask {
  readonly argv: readonly string[];
  /** Absolute. */
  readonly folder: string;
  /** All of it: nothing of the engine's own environment is added. */
  readonly env: Readonly<Record<string, string>>;
}

export interface TaskInput {
  readonly kind: ArtifactKind;
  readonly facts: ArtifactFacts;
  readonly files: readonly ReadableFile[];
}

export interface StageHooks {
  /** Aborted when the run is cancelled. The stage is asked to stop, then made to. */
  readonly signal: AbortSignal;
  readonly progress: (event: StageProgress) => void;
  /** What the stage printed: whole lines where possible. */
  readonly output: (stream: 'stdout' | 'stderr', text: string) => void;
}

export type StageExecution =
  | { readonly status: 'done'; readonly outcome: StageOutcome }
  | { readonly status: 'failed'; readonly failure: ExecutionFailure }
  | { readonly status: 'cancelled' };

export interface ExecutionFailure {
  readonly code: ProblemCode;
  readonly message: string;
  readonly hint?: string;
  /** Relative to the stage: `/with/model/3`. */
  readonly pointer?: string;
  /** An object of the store that was not what its name says, or not there. */
  readonly damaged?: Digest;
}
