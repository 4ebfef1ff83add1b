import type { StageId } from '../core/ids.ts';
import type { PipelineSpec } from '../core/pipeline-spec.ts';
import type { Problem } from '../diagnostics/problem.ts';

/** Who needs whom. Ids that the pipeline does not have throw: callers hold ids from the same spec. */
export interface Graph {
  /** Topological; among stages that are ready at once, the order of the file. */
  readonly order: readonly StageId[];
  /** What the stage needs directly, each once, in the order written. */
  dependencies(id: StageId): readonly StageId[];
  /** What needs the stage directly, in the order of the file. */
  dependents(id: StageId): readonly StageId[];
}

export interface BuiltGraph {
  /** Absent beside problems. */
  readonly graph?: Graph;
  readonly problems: readonly Problem[];
}

/** Linear in stages and edges. Problems: needs of stages that do not exist, and cycles, each told as its path. */
export function buildGraph(spec: PipelineSpec): BuiltGraph {
  throw new Error(`not built yet: ${spec.name}`);
}
