import type { StageId } from '../core/ids.ts';
import type { Graph } from './graph.ts';

/** The targets and everything that they need or whose metrics decide whether they run, directly or not. */
export function selectTargets(graph: Graph, targets: readonly StageId[]): ReadonlySet<StageId> {
  const selected = new Set<StageId>(targets);
  for (const id of selected) {
    for (const needed of graph.dependencies(id)) selected.add(needed);
    for (const needed of graph.conditions(id)) selected.add(needed);
  }
  return selected;
}
