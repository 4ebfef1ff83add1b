import type { StageId, StageKey } from '../core/ids.ts';
import type { BackendName, PipelineSpec } from '../core/pipeline-spec.ts';
import type { Preimage, TensorEnvironment } from '../core/preimage.ts';
import type { StageRecord } from '../core/stage-record.ts';
import type { StageTypes } from '../core/stage-type.ts';
import type { Store } from '../core/store.ts';
import type { Problem } from '../diagnostics/problem.ts';
import type { FileHasher } from '../fingerprint/file-hasher.ts';
import type { Graph } from '../graph/graph.ts';
import type { MissReason } from './miss-reason.ts';

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

export type PlannedStage = { readonly id: StageId; readonly type: string; readonly needs: readonly StageId[] } & (
  | { readonly status: 'hit'; readonly key: StageKey; readonly preimage: Preimage; readonly record: StageRecord }
  | { readonly status: 'miss'; readonly key: StageKey; readonly preimage: Preimage; readonly reason: MissReason }
  /** Will be known after these have run. */
  | { readonly status: 'unknown'; readonly waitsFor: readonly StageId[] }
  /** Cannot run: a file of the person's is missing. */
  | { readonly status: 'blocked'; readonly problem: Problem }
);

/** What would run, and why; in topological order. Changes nothing, and runs nothing. */
export async function planPipeline(context: PlanContext): Promise<readonly PlannedStage[]> {
  throw new Error(`not written yet: ${context.spec.name}`);
}
