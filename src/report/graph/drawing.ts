import { groupBy } from '../../base/group-by.ts';
import type { StageId } from '../../core/ids.ts';
import { writtenId } from '../../core/pipeline-spec.ts';
import type { PipelineSpec, StageSpec } from '../../core/pipeline-spec.ts';
import { slotName } from '../../core/stage-type.ts';

/** What a drawing of a pipeline needs to know. */
export interface Drawing {
  readonly name: string;
  readonly nodes: readonly DrawnStage[];
}

/** A stage as it is written: its variants have the same needs, and a drawing of all of them would show nothing else. */
export interface DrawnStage {
  readonly id: StageId;
  readonly type: string;
  /** Longest way from a stage that needs nothing. */
  readonly layer: number;
  readonly edges: readonly { readonly slot: string; readonly from: StageId }[];
  /** Where it has any. */
  readonly variants?: { readonly count: number; readonly axes: readonly string[] };
}

/** @param order topological */
export function drawingOf(spec: PipelineSpec, order: readonly StageId[]): Drawing {
  const specs = new Map(spec.stages.map((stage) => [stage.id, stage]));
  const stages = order.flatMap((id) => specs.get(id) ?? []);
  const layers = new Map<StageId, number>();
  const nodes = [...groupBy(stages, writtenId)].flatMap(([id, [first, ...others]]) => {
    if (first === undefined) return [];
    const edges = edgesOf(first, specs);
    const layer = Math.max(0, ...edges.map(({ from }) => (layers.get(from) ?? 0) + 1));
    layers.set(id, layer);
    const axes = Object.keys(first.variant?.axes ?? {});
    const variants = first.variant === undefined ? {} : { variants: { count: others.length + 1, axes } };
    return [{ id, type: first.type, layer, edges, ...variants }];
  });
  return { name: spec.name, nodes };
}

function edgesOf({ needs }: StageSpec, specs: ReadonlyMap<StageId, StageSpec>): DrawnStage['edges'] {
  const edges = Object.entries(needs).map(([input, { stage }]) => {
    const from = specs.get(stage);
    return { slot: slotName(input), from: from === undefined ? stage : writtenId(from) };
  });
  // What is gathered comes from one stage, as it is written.
  return [...new Map(edges.map((edge) => [`${edge.slot} ${edge.from}`, edge])).values()];
}

/** `15 by temperature, replicate` */
export function variantsText({ variants }: DrawnStage): string {
  return variants === undefined ? '' : `${variants.count} by ${variants.axes.join(', ')}`;
}
