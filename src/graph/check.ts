import { groupBy } from '../base/group-by.ts';
import type { ArtifactFacts } from '../core/artifact.ts';
import type { StageId } from '../core/ids.ts';
import { writtenId } from '../core/pipeline-spec.ts';
import type { PipelineSpec, StageSpec } from '../core/pipeline-spec.ts';
import { slotOf } from '../core/stage-type.ts';
import type { OptionProblem, StageType, StageTypes } from '../core/stage-type.ts';
import { originOf } from '../diagnostics/origin.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { readFileNeeds } from './file-needs.ts';
import { toldOnce } from '../diagnostics/variant-problems.ts';
import type { VariantProblem } from '../diagnostics/variant-problems.ts';
import { buildGraph } from './graph.ts';
import type { BuiltGraph } from './graph.ts';
import { indexOutputs } from './outputs.ts';
import { slotProblems } from './slots.ts';

/**
 * Everything about a pipeline that its schema cannot say: references, slots and kinds, cycles, then what each stage type finds
 * in its options, with facts flowing along the edges. Nothing runs.
 */
export function checkPipeline(spec: PipelineSpec, types: StageTypes): BuiltGraph {
  const { outputs, problems: ofOutputs } = indexOutputs(spec, types);
  const { needs, problems: ofNeeds } = readFileNeeds(spec, types, outputs);
  const built = buildGraph(spec, { outputs, needs });
  // All variants of a stage have the same needs.
  const found = [...built.problems, ...slotProblems(spec, types), ...ofOutputs, ...ofNeeds];
  const problems = toldOnce(
    found.map((problem) => ({ problem, variant: '' })),
    1,
  );
  const order = built.graph?.order ?? spec.stages.map((stage) => stage.id);
  // One by one: thousands of variants may have more of them than a call takes arguments.
  for (const problem of optionProblems(spec, types, order)) problems.push(problem);
  return built.graph !== undefined && problems.length === 0 ? { graph: built.graph, problems } : { problems };
}

/** In the order of the graph, so that a stage knows what is known of its inputs; without one, what is known is less. */
function optionProblems(spec: PipelineSpec, types: StageTypes, order: readonly StageId[]): Problem[] {
  const stages = new Map(spec.stages.map((stage) => [stage.id, stage]));
  const facts = new Map<StageId, ArtifactFacts>();
  const found = new Map<StageId, VariantProblem[]>();
  for (const id of order) {
    const stage = stages.get(id);
    const type = types.get(stage?.type ?? '');
    if (stage === undefined || stage.faulty === true || type?.check === undefined) continue;
    const checked = type.check(stage.options, knownInputs(stage, type, facts));
    if (checked.facts !== undefined) facts.set(id, checked.facts);
    if (checked.problems.length === 0) continue;
    const own = checked.problems.map((problem) => ({ problem: located(stage, problem), variant: id }));
    const others = found.get(writtenId(stage));
    if (others === undefined) found.set(writtenId(stage), own);
    else others.push(...own);
  }
  if (found.size === 0) return [];
  const variants = groupBy(spec.stages, writtenId);
  return [...found].flatMap(([id, problems]) => toldOnce(problems, variants.get(id)?.length ?? 1));
}

function knownInputs(
  stage: StageSpec,
  type: StageType,
  facts: ReadonlyMap<StageId, ArtifactFacts>,
): Record<string, ArtifactFacts | undefined> {
  const inputs: Record<string, ArtifactFacts | undefined> = {};
  for (const [slot, need] of Object.entries(stage.needs)) {
    // A slot that the type does not have was told of; its check must not stumble over it.
    if (slotOf(type, slot) !== undefined) inputs[slot] = facts.get(need.stage);
  }
  return inputs;
}

function located(stage: StageSpec, { code, message, hint, pointer, part }: OptionProblem): Problem {
  const where = stage.locate(pointer, part);
  return { code, message, where, ...(hint === undefined ? {} : { hint }), ...originOf(where) };
}
