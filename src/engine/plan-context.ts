import type { StageId } from '../core/ids.ts';
import type { BackendName, PipelineSpec } from '../core/pipeline-spec.ts';
import type { TensorEnvironment } from '../core/preimage.ts';
import type { StageTypes } from '../core/stage-type.ts';
import type { Store } from '../core/store.ts';
import type { FileHasher } from '../fingerprint/file-hasher.ts';
import type { Graph } from '../graph/graph.ts';

/** What planning and running a pipeline share. */
export interface PlanContext {
  readonly spec: PipelineSpec;
  readonly graph: Graph;
  readonly types: StageTypes;
  readonly store: Store;
  readonly backend: BackendName;
  readonly environment: TensorEnvironment;
  readonly hasher: FileHasher;
  /** With everything that they need; all stages if absent. */
  readonly targets?: ReadonlySet<StageId>;
  /** Run again, whatever the store holds. */
  readonly force?: ReadonlySet<StageId>;
}
