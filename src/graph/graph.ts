import type { StageId } from '../core/ids.ts';
import { writtenId } from '../core/pipeline-spec.ts';
import type { PipelineSpec, StageSpec } from '../core/pipeline-spec.ts';
import { didYouMean } from '../diagnostics/nearest.ts';
import { originOf } from '../diagnostics/origin.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { cycleProblems } from './cycles.ts';
import type { Edges } from './edges.ts';
import type { FileNeeds } from './file-needs.ts';
import { topologicalOrder } from './order.ts';
import { NO_OUTPUTS, type OutputIndex } from './outputs.ts';

/** Who needs whom. Ids that the pipeline does not have throw: callers hold ids from the same spec. */
export interface Graph {
  /** Topological, conditions counted; among stages that are ready at once, the order of the file. */
  readonly order: readonly StageId[];
  /** What the stage needs directly, each once, in the order written. */
  dependencies(id: StageId): readonly StageId[];
  /** What needs the stage directly, in the order of the file. */
  dependents(id: StageId): readonly StageId[];
  /** The stages whose metrics its `when` bounds, each once: it comes after them, and takes nothing from them. */
  conditions(id: StageId): readonly StageId[];
  /** Files of the project folder, by who makes them. */
  readonly outputs: OutputIndex;
}

/** What stages read and make in the project folder; nothing, if absent. */
export interface GraphFiles {
  readonly outputs: OutputIndex;
  readonly needs: FileNeeds;
}

export interface BuiltGraph {
  /** Absent beside problems. */
  readonly graph?: Graph;
  readonly problems: readonly Problem[];
}

/** Linear in stages and edges. Problems: needs of stages that do not exist, and cycles, each told as its path. */
export function buildGraph(spec: PipelineSpec, files?: GraphFiles): BuiltGraph {
  const problems: Problem[] = [];
  const { dependencies, dependents } = readEdges(spec, files, problems);
  const conditions = readConditions(spec);
  const { before, after } = conditions.size === 0 ? { before: dependencies, after: dependents } : withConditions();
  const { order, rest } = topologicalOrder(before, after);
  if (rest.size > 0) problems.push(...cycleProblems({ spec, files: files?.needs, dependencies: before, rest }));
  if (problems.length > 0) return { problems };
  return {
    graph: {
      order,
      dependencies: (id) => edgesOf(dependencies, id),
      dependents: (id) => edgesOf(dependents, id),
      conditions: (id) => conditions.get(id) ?? [],
      outputs: files?.outputs ?? NO_OUTPUTS,
    },
    problems,
  };

  function withConditions(): { before: Edges; after: Edges } {
    const before = new Map(dependencies);
    const after = new Map<StageId, readonly StageId[]>(dependents);
    for (const [id, from] of conditions) {
      const others = from.filter((each) => before.get(id)?.includes(each) !== true);
      before.set(id, [...(before.get(id) ?? []), ...others]);
      for (const each of others) after.set(each, [...(after.get(each) ?? []), id]);
    }
    return { before, after };
  }
}

/** Of those that have any. */
function readConditions({ stages }: PipelineSpec): Edges {
  return new Map(
    stages.flatMap(({ id, policy }) => {
      const bounds = policy?.when === undefined || policy.when === false ? [] : policy.when;
      return bounds.length === 0 ? [] : [[id, [...new Set(bounds.map(({ stage }) => stage))]] as const];
    }),
  );
}

function edgesOf(edges: Edges, id: StageId): readonly StageId[] {
  const found = edges.get(id);
  if (found === undefined) throw new Error(`the graph has no stage ${id}`);
  return found;
}

function readEdges(
  spec: PipelineSpec,
  files: GraphFiles | undefined,
  problems: Problem[],
): { dependencies: Edges; dependents: Edges } {
  const ids = spec.stages.map(({ id }) => id);
  let written: readonly StageId[] | undefined;
  const named = (): readonly StageId[] => (written ??= [...new Set(spec.stages.map(writtenId))]);
  const dependencies = new Map<StageId, readonly StageId[]>();
  const dependents = new Map<StageId, StageId[]>(ids.map((id) => [id, []]));
  for (const stage of spec.stages) {
    const own = new Set<StageId>();
    for (const [slot, need] of Object.entries(stage.needs)) {
      const waiting = dependents.get(need.stage);
      if (waiting === undefined) problems.push(unknownStage(stage, slot, problems.length < mostHints ? named() : []));
      else if (!own.has(need.stage)) {
        own.add(need.stage);
        waiting.push(stage.id);
      }
    }
    for (const { stage: maker } of files?.needs.get(stage.id) ?? []) {
      if (own.has(maker)) continue;
      own.add(maker);
      dependents.get(maker)?.push(stage.id);
    }
    dependencies.set(stage.id, [...own]);
  }
  return { dependencies, dependents };
}

/** Comparing a name with all others takes its time; nobody reads more hints than this. */
const mostHints = 100;

function unknownStage(stage: StageSpec, slot: string, ids: readonly StageId[]): Problem {
  const need = stage.needs[slot];
  const where = need?.where ?? stage.where;
  const name = need?.stage ?? '';
  const hint = didYouMean(
    name,
    ids.filter((id) => id !== writtenId(stage)),
    'stages',
  );
  return {
    code: 'unknown-stage',
    message: `the pipeline has no stage "${name}", which ${writtenId(stage)} needs as ${slot}`,
    where,
    ...(hint === undefined ? {} : { hint }),
    ...originOf(where),
  };
}
