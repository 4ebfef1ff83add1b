import type { StageId } from '../core/ids.ts';
import type { PipelineSpec, StageSpec } from '../core/pipeline-spec.ts';
import type { Graph } from '../graph/graph.ts';

export interface StagesToVisit {
  readonly spec: PipelineSpec;
  readonly graph: Graph;
  /** With everything that they need; all stages if absent. */
  readonly targets?: ReadonlySet<StageId>;
}

/** The stages that count, in topological order. */
export function selectedStages({ spec, graph, targets }: StagesToVisit): readonly StageSpec[] {
  const byId = new Map(spec.stages.map((stage) => [stage.id, stage]));
  const ids = targets === undefined ? graph.order : graph.order.filter((id) => targets.has(id));
  return ids.map((id) => byId.get(id)).filter((stage) => stage !== undefined);
}

/**
 * Visits each stage as soon as those have been visited that it needs or that its `when` is about, with what they gave; independent
 * ones side by side.
 * Settles when nothing is under way any more; rejects with the first rejection, in topological order.
 * @returns what each visit gave, in topological order
 */
export async function visitStages<T>(
  stages: StagesToVisit,
  visit: (spec: StageSpec, before: ReadonlyMap<StageId, T>) => Promise<T>,
): Promise<ReadonlyMap<StageId, T>> {
  const visits = new Map<StageId, Promise<T>>();
  for (const spec of selectedStages(stages)) {
    const { graph } = stages;
    const needed = new Set([...graph.dependencies(spec.id), ...graph.conditions(spec.id)]);
    visits.set(
      spec.id,
      resultsOf([...needed], visits).then((before) => visit(spec, before)),
    );
  }
  await Promise.allSettled(visits.values());
  return resultsOf([...visits.keys()], visits);
}

async function resultsOf<T>(
  ids: readonly StageId[],
  visits: ReadonlyMap<StageId, Promise<T>>,
): Promise<ReadonlyMap<StageId, T>> {
  const results = await Promise.all(
    ids.map((id) => {
      const visit = visits.get(id);
      if (visit === undefined) throw new Error(`${id} is needed, but was not selected`);
      return visit;
    }),
  );
  return new Map(ids.map((id, index) => [id, results[index] as T]));
}
