import type { StageId } from '../core/ids.ts';
import type { Edges } from './edges.ts';
import { MinHeap } from './min-heap.ts';

export interface Ordered {
  readonly order: readonly StageId[];
  /** Stages on a cycle, or after one. */
  readonly rest: ReadonlySet<StageId>;
}

/** Kahn's algorithm (1962); of the stages that are ready, the first in the file goes next, so that the order is the file's where it may be. */
export function topologicalOrder(dependencies: Edges, dependents: Edges): Ordered {
  const ids = [...dependencies.keys()];
  const position = new Map(ids.map((id, index) => [id, index]));
  const waitsFor = new Map(ids.map((id) => [id, dependencies.get(id)?.length ?? 0]));
  const ready = new MinHeap();
  for (const [index, id] of ids.entries()) if (waitsFor.get(id) === 0) ready.push(index);
  const order: StageId[] = [];
  for (let index = ready.pop(); index !== undefined; index = ready.pop()) {
    const id = ids[index];
    if (id === undefined) continue;
    order.push(id);
    for (const dependent of dependents.get(id) ?? []) {
      const left = (waitsFor.get(dependent) ?? 0) - 1;
      waitsFor.set(dependent, left);
      if (left === 0) ready.push(position.get(dependent) ?? 0);
    }
  }
  const rest = new Set(ids);
  for (const id of order) rest.delete(id);
  return { order, rest };
}
