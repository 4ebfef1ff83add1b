import type { StageId } from '../core/ids.ts';
import type { PipelineSpec, StageSpec } from '../core/pipeline-spec.ts';
import type { Problem } from '../diagnostics/problem.ts';
import type { SourceRange } from '../diagnostics/source.ts';
import type { Edges } from './edges.ts';
import type { FileNeeds } from './file-needs.ts';

export interface UnorderedStages {
  readonly spec: PipelineSpec;
  readonly files: FileNeeds | undefined;
  readonly dependencies: Edges;
  /** Those that could not be ordered. */
  readonly rest: ReadonlySet<StageId>;
}

/**
 * Cycles among stages that could not be ordered, until each stage on one is told of: `a -> b -> c -> a`, where an arrow reads
 * "needs". Every cycle is told once, from its first stage in the file; of two that share a stage, the second is found when the
 * first is mended.
 */
export function cycleProblems(unordered: UnorderedStages): Problem[] {
  const { spec, dependencies, rest } = unordered;
  const stages = new Map(spec.stages.map((stage) => [stage.id, stage]));
  const problems: Problem[] = [];
  const done = new Set<StageId>();
  for (const start of rest) {
    const path: StageId[] = [];
    const depth = new Map<StageId, number>();
    let at: StageId | undefined = start;
    // What could not be ordered needs something that could not be ordered: the walk ends on a cycle, or on one already told.
    while (at !== undefined && !done.has(at) && !depth.has(at)) {
      depth.set(at, path.length);
      path.push(at);
      at = dependencies.get(at)?.find((id) => rest.has(id));
    }
    for (const id of path) done.add(id);
    const loop = at === undefined ? undefined : depth.get(at);
    if (loop !== undefined) problems.push(cycleProblem(fromFirst(path.slice(loop), rest), stages, unordered.files));
  }
  return problems;
}

/** Turned so that it begins with the stage that the file has first. */
function fromFirst(cycle: readonly StageId[], inFileOrder: ReadonlySet<StageId>): readonly StageId[] {
  const members = new Set(cycle);
  for (const id of inFileOrder) {
    if (members.has(id)) return [...cycle.slice(cycle.indexOf(id)), ...cycle.slice(0, cycle.indexOf(id))];
  }
  return cycle;
}

const mostShown = 12;

function cycleProblem(
  cycle: readonly StageId[],
  stages: ReadonlyMap<StageId, StageSpec>,
  files: FileNeeds | undefined,
): Problem {
  const [first = '' as StageId] = cycle;
  const steps = cycle.map((id, index) => {
    const needed = cycle[index + 1] ?? first;
    return { message: `${id} needs ${needed}`, where: whereNeeded(stages.get(id), needed, files) };
  });
  const path = [...cycle, first];
  const shown = path.length <= mostShown ? path : [...path.slice(0, mostShown - 1), '…', first];
  const [here, ...others] = steps.flatMap(({ message, where }) => (where === undefined ? [] : [{ message, where }]));
  return {
    code: 'cycle',
    message:
      cycle.length === 1 ? `${first} needs itself` : `stages need one another in a circle: ${shown.join(' -> ')}`,
    ...(here === undefined ? {} : { where: here.where }),
    hint: 'a stage runs after what it needs; one of these needs must go',
    ...(others.length === 0 ? {} : { related: others.slice(0, mostShown) }),
  };
}

function whereNeeded(
  stage: StageSpec | undefined,
  needed: StageId,
  files: FileNeeds | undefined,
): SourceRange | undefined {
  if (stage === undefined) return undefined;
  const need = Object.values(stage.needs).find((each) => each.stage === needed);
  const file = files?.get(stage.id)?.find((each) => each.stage === needed);
  const when = stage.policy?.when;
  const condition = when === undefined || when === false ? undefined : when.find((each) => each.stage === needed);
  const written = need?.where ?? condition?.where;
  return written ?? (file === undefined ? stage.where : stage.locate(file.pointer));
}
