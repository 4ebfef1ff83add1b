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
  /** Longest way from a stage that needs nothing and has no condition. */
  readonly layer: number;
  readonly edges: readonly DrawnEdge[];
  /** Where it has any. */
  readonly variants?: { readonly count: number; readonly axes: readonly string[] };
}

interface DrawnEdge {
  /** `when` for a condition, `files` for files of the other one that it reads. */
  readonly slot: string;
  readonly from: StageId;
  /** Only whether it runs depends on it: it is given nothing. */
  readonly condition?: true;
}

/** @param graph.order topological */
export function drawingOf(
  spec: PipelineSpec,
  graph: { readonly order: readonly StageId[]; dependencies(id: StageId): readonly StageId[] },
): Drawing {
  const specs = new Map(spec.stages.map((stage) => [stage.id, stage]));
  const stages = graph.order.flatMap((id) => specs.get(id) ?? []);
  const layers = new Map<StageId, number>();
  const nodes = [...groupBy(stages, writtenId)].flatMap(([id, [first, ...others]]) => {
    if (first === undefined) return [];
    const slots = edgesOf(first, specs);
    const told = new Set(slots.map(({ from }) => from));
    // What one variant reads, the others read of its like.
    const made = [first, ...others].flatMap((stage) =>
      graph.dependencies(stage.id).flatMap((from) => specs.get(from) ?? []),
    );
    const files = [...new Set(made.map(writtenId))].filter((from) => !told.has(from));
    const edges = [...slots, ...files.map((from) => ({ slot: 'files', from }))];
    const layer = Math.max(0, ...edges.map(({ from }) => (layers.get(from) ?? 0) + 1));
    layers.set(id, layer);
    const axes = Object.keys(first.variant?.axes ?? {});
    const variants = first.variant === undefined ? {} : { variants: { count: others.length + 1, axes } };
    return [{ id, type: first.type, layer, edges, ...variants }];
  });
  return { name: spec.name, nodes };
}

function edgesOf({ needs, policy }: StageSpec, specs: ReadonlyMap<StageId, StageSpec>): DrawnStage['edges'] {
  const written = (id: StageId): StageId => {
    const stage = specs.get(id);
    return stage === undefined ? id : writtenId(stage);
  };
  const when = policy?.when === undefined || policy.when === false ? [] : policy.when;
  const edges: readonly DrawnEdge[] = [
    ...Object.entries(needs).map(([input, { stage }]) => ({ slot: slotName(input), from: written(stage) })),
    ...when.map(({ stage }) => ({ slot: 'when', from: written(stage), condition: true as const })),
  ];
  // What is gathered comes from one stage, as it is written.
  return [...new Map(edges.map((edge) => [`${edge.slot} ${edge.from}`, edge])).values()];
}

/** `15 by temperature, replicate` */
export function variantsText({ variants }: DrawnStage): string {
  return variants === undefined ? '' : `${variants.count} by ${variants.axes.join(', ')}`;
}
