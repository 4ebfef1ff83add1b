import type { StageId } from '../../core/ids.ts';
import type { PipelineSpec } from '../../core/pipeline-spec.ts';

/** What a drawing of a pipeline needs to know. */
export interface Drawing {
  readonly name: string;
  readonly nodes: readonly DrawnStage[];
}

export interface DrawnStage {
  readonly id: StageId;
  readonly type: string;
  /** Longest way from a stage that needs nothing. */
  readonly layer: number;
  readonly edges: readonly { readonly slot: string; readonly from: StageId }[];
}

/** @param order topological */
export function drawingOf(spec: PipelineSpec, order: readonly StageId[]): Drawing {
  const specs = new Map(spec.stages.map((stage) => [stage.id, stage]));
  const layers = new Map<StageId, number>();
  const nodes = order.flatMap((id) => {
    const stage = specs.get(id);
    if (stage === undefined) return [];
    const edges = Object.entries(stage.needs).map(([slot, need]) => ({ slot, from: need.stage }));
    const layer = Math.max(0, ...edges.map(({ from }) => (layers.get(from) ?? 0) + 1));
    layers.set(id, layer);
    return [{ id, type: stage.type, layer, edges }];
  });
  return { name: spec.name, nodes };
}
