import type { ProcessIdentity } from '../base/process-identity.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import type { ArtifactRef } from '../core/artifact.ts';
import type { AuditFinding, EventProblem, RunStatus } from '../core/event.ts';
import type { RunId, StageId, StageKey } from '../core/ids.ts';
import type { StageVariant } from '../core/pipeline-spec.ts';
import type { EpochFigures } from '../core/stage-runner.ts';

/** One execution of a pipeline, as `runs/<id>/run.json` holds it: schemas/run-record.schema.json says the same to others. */
export interface RunRecord {
  /** Of this record; another shape would have another number. */
  readonly format: 1;
  readonly id: RunId;
  readonly status: RecordedStatus;
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly finished?: string;
  /** From start to end. */
  readonly seconds?: number;
  readonly definition: RunDefinition;
  readonly facts: RunFacts;
  /** Stages at once. */
  readonly jobs?: number;
  /** In topological order. */
  readonly stages: readonly StageRun[];
  readonly gates: readonly GateResult[];
  readonly warnings: readonly RunWarning[];
  /** Who runs it, so that one that was killed can be told from one that runs. */
  readonly process: ProcessIdentity;
}

/** `interrupted` is never written: it is what a run that says `running` is when its process is gone. */
export type RecordedStatus = RunStatus | 'running' | 'interrupted';

export interface RunDefinition {
  readonly name: string;
  /** As typed. */
  readonly file: string;
  /** The same, absolute: which pipeline it was. Absent in records of older versions. */
  readonly path?: string;
  /** The YAML as read. */
  readonly text: string;
  /** With overrides applied. */
  readonly params: JsonObject;
  /** As typed: `temperature=8`, and the names of params files. */
  readonly overrides: readonly string[];
  readonly backend: string;
  /** Only where not all stages were asked for. */
  readonly targets?: readonly StageId[];
}

export interface RunFacts {
  readonly versions: Versions;
  readonly host: HostFacts;
  readonly git?: GitState;
}

/** By name: `node`, `distill-pipeline`, `tfjs`, … */
export type Versions = Readonly<Record<string, string>>;

export interface HostFacts {
  readonly name: string;
  /** `linux`, `darwin` */
  readonly platform: string;
  /** The kernel's version. */
  readonly release: string;
  readonly arch: string;
  readonly cpu: string;
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
}

export interface GitState {
  readonly commit: string;
  /** Whether tracked files differ from the commit. */
  readonly dirty: boolean;
}

/** What became of one stage in a run. */
export interface StageRun {
  readonly id: StageId;
  /** Where it was one of several of the same stage. */
  readonly variant?: StageVariant;
  readonly type: string;
  readonly needs: readonly StageId[];
  readonly status: StageRunStatus;
  readonly key?: StageKey;
  /** Why it ran, or was skipped. */
  readonly because?: string;
  /** What it took, where it ran. */
  readonly seconds?: number;
  /** For a reused one: what it took when it ran. */
  readonly secondsSaved?: number;
  /** For a reused one: the remote that it was brought from; absent where it was here. */
  readonly from?: string;
  readonly metrics?: Readonly<Record<string, JsonValue>>;
  /** One entry an epoch that this run trained, with its number as `epoch`. */
  readonly epochs?: readonly EpochFigures[];
  readonly artifact?: ArtifactRef;
  readonly problem?: EventProblem;
  /** Attempts that failed, after each of which there was another one. */
  readonly retries?: readonly { readonly problem: EventProblem; readonly seconds: number }[];
  /** What came of making it again beside the store's result, for one that was reused. */
  readonly audit?: AuditFinding & { readonly seconds: number };
  /** For a skipped one: which of those that it needs failed. */
  readonly blockedBy?: StageId;
}

export type StageRunStatus = 'pending' | 'running' | 'ran' | 'reused' | 'failed' | 'skipped' | 'cancelled';

export interface GateResult {
  readonly metric: string;
  readonly bound: string;
  readonly value: number | null;
  readonly passed: boolean;
}

export interface RunWarning {
  readonly stage?: StageId;
  readonly message: string;
}

/** What a list of runs shows, kept beside the record so that a thousand runs are listed without reading their records. */
export interface RunSummary {
  readonly id: RunId;
  /** `damaged`: the folder is there, and neither summary nor record can be read. */
  readonly status: RecordedStatus | 'damaged';
  readonly pipeline: string;
  readonly file: string;
  /** As in the definition. */
  readonly path?: string;
  readonly started: string;
  /** From start to end. */
  readonly seconds?: number;
  readonly counts: Readonly<Record<StageRunStatus, number>>;
  /** Absent for a damaged one. */
  readonly process?: ProcessIdentity;
}
