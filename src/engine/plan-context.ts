import type { Digest } from '../base/hash.ts';
import type { StageId } from '../core/ids.ts';
import type { BackendName, PipelineSpec } from '../core/pipeline-spec.ts';
import type { TensorEnvironment } from '../core/preimage.ts';
import type { StageTypes } from '../core/stage-type.ts';
import type { Store } from '../core/store.ts';
import type { FileHasher } from '../fingerprint/file-hasher.ts';
import type { Graph } from '../graph/graph.ts';

/** What variables are set to where the pipeline runs. */
export interface Variables {
  readonly values: Readonly<Record<string, string | undefined>>;
  /** What a value is known by in keys: who has not this store cannot try values out. */
  digestOf(name: string, value: string): Digest;
}

/** A file or a folder that belongs to the program itself. */
export interface ReservedPath {
  /** Absolute. */
  readonly path: string;
  /** In words: `the store`. */
  readonly what: string;
  readonly isFolder: boolean;
}

/** What planning and running a pipeline share. */
export interface PlanContext {
  readonly spec: PipelineSpec;
  readonly graph: Graph;
  readonly types: StageTypes;
  readonly store: Store;
  readonly backend: BackendName;
  readonly environment: TensorEnvironment;
  readonly hasher: FileHasher;
  /** For stages that run commands; nothing is set, if absent. */
  readonly variables?: Variables;
  /** What no stage may make or remove in the project folder, and inputs do not hold; nothing, if absent. */
  readonly reserved?: readonly ReservedPath[];
  /** With everything that they need; all stages if absent. */
  readonly targets?: ReadonlySet<StageId>;
  /** Run again, whatever the store holds. */
  readonly force?: ReadonlySet<StageId>;
}
