import type { JsonObject, JsonValue } from '../base/json.ts';
import type { ProblemCode } from '../diagnostics/problem.ts';
import type { ArtifactFacts, ArtifactKind } from './artifact.ts';
import type { BackendName } from './pipeline-spec.ts';

/** What a stage is given. It reads and writes files through this alone. */
export interface StageContext {
  readonly options: JsonObject;
  /** From 0: the stage's, its replicate counted in. */
  readonly seed: number;
  readonly backend: BackendName;
  readonly inputs: Readonly<Record<string, InputArtifact>>;
  readonly checkpoints: Checkpoints;
  /** Aborted when the run is cancelled; a stage looks at it at least every second and throws `signal.reason`. */
  readonly signal: AbortSignal;
  /** Absolute path of a file of the person's, from a path in the options. */
  resolvePath(path: string): string;
  /** A folder that outlives runs, for downloads; its content is never trusted without a checksum. */
  readonly downloadFolder: string;
  /** Adds a file to the output artifact. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  emit(event: StageProgress): void;
}

/** What a stage before this one made: named files. */
export interface InputArtifact {
  readonly kind: ArtifactKind;
  readonly facts: ArtifactFacts;
  readonly paths: readonly string[];
  read(path: string): Promise<Uint8Array>;
  /** As `read`, where there is memory for it; else the content stays in the file, which is open until the stage ends. */
  open(path: string): Promise<Uint8Array | StoredBytes>;
}

/** Content that is not in memory: rows of equal size, one after the other. */
export interface StoredBytes {
  /** Copies rows of `size` bytes into `into`, in the order in which they are named. Throws where the file is not whole any more. */
  readRows(rows: Int32Array, size: number, into: Uint8Array): void;
}

/** States to go on from, by epoch. They belong to the stage's options without `epochs`. */
export interface Checkpoints {
  /** The furthest state not beyond `epoch`. */
  latest(epoch: number): Promise<Checkpoint | undefined>;
  save(checkpoint: Checkpoint): Promise<void>;
}

export interface Checkpoint {
  readonly epoch: number;
  readonly files: Readonly<Record<string, Uint8Array>>;
}

/** Figures of one epoch: `loss`, `accuracy`, `validationLoss`, `validationAccuracy`, `learningRate`, … */
export type EpochFigures = Readonly<Record<string, number>>;

export type StageProgress =
  | {
      readonly type: 'stage-progress';
      /** Of `total`, in `unit`s. */
      readonly done: number;
      readonly total: number;
      readonly unit: string;
      /** What is being done: `epoch 3/10`, `download`. */
      readonly label?: string;
      readonly figures?: EpochFigures;
      readonly perSecond?: number;
      readonly secondsLeft?: number;
    }
  | {
      readonly type: 'epoch-ended';
      /** From 1. */
      readonly epoch: number;
      readonly epochs: number;
      readonly figures: EpochFigures;
      readonly samplesPerSecond: number;
      readonly seconds: number;
      readonly secondsLeft: number;
    }
  | { readonly type: 'stage-note'; readonly message: string };

/** How a stage ended that did not fail; its files are written by then. */
export interface StageOutcome {
  readonly metrics: Readonly<Record<string, JsonValue>>;
  readonly facts?: ArtifactFacts;
  /** Every epoch of a training, those before a checkpoint that it went on from too. Those that were told of as they ended, if absent. */
  readonly epochs?: readonly EpochFigures[];
}

/** What a stage does: a promise that fails with a `StageFailure` for what a person can mend, and with anything else for a mistake. */
export type StageRunner = (context: StageContext) => Promise<StageOutcome>;

/** A failure with a reason that a person can act on; anything else that a runner throws is reported with its stack in the log. */
export class StageFailure extends Error {
  readonly code: ProblemCode;
  readonly hint: string | undefined;
  /** Relative to the stage: `/with/model/3`. */
  readonly pointer: string | undefined;

  constructor(code: ProblemCode, message: string, more: { hint?: string; pointer?: string; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? {} : { cause: more.cause });
    this.name = 'StageFailure';
    this.code = code;
    this.hint = more.hint;
    this.pointer = more.pointer;
    Object.defineProperty(this, failureMark, { value: true });
  }
}

/** The same as plain data. */
export function failureData({ code, message, hint, pointer }: StageFailure): {
  readonly code: ProblemCode;
  readonly message: string;
  readonly hint?: string;
  readonly pointer?: string;
} {
  return { code, message, ...(hint === undefined ? {} : { hint }), ...(pointer === undefined ? {} : { pointer }) };
}

const failureMark = Symbol.for('distill-pipeline stage failure');

/** By its mark and not by its class: a plugin may have been given another copy of this module. */
export function isStageFailure(error: unknown): error is StageFailure {
  return typeof error === 'object' && error !== null && failureMark in error;
}
