import type { JsonValue } from '../base/json.ts';
import type { MetricBound } from '../core/metric-bound.ts';
import type { StageSpec } from '../core/pipeline-spec.ts';
import { type StageNames, stageNames } from '../core/stage-names.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { toldOnce } from '../diagnostics/variant-problems.ts';
import { boundedStages, boundsOn, hasNoVariantsYet, parseBoundedMetric, unknownBoundedStage } from './bounds.ts';

/** A stage and what its `when` says, filled in. */
export interface ConditionedStage {
  readonly spec: StageSpec;
  readonly when: JsonValue | undefined;
}

/** The stages with their conditions, as far as these say what they should; the schema tells of the rest. In the same order. */
export function withConditions(stages: readonly ConditionedStage[], problems: Problem[]): readonly StageSpec[] {
  if (stages.every(({ when }) => when === undefined)) return stages.map(({ spec }) => spec);
  const names = stageNames(stages.map(({ spec }) => spec));
  const found: Problem[] = [];
  const specs = stages.map(({ spec, when }) => {
    const condition =
      when === false ? when : typeof when === 'string' ? readBound(names, { spec, when, found, problems }) : [];
    return condition !== false && condition.length === 0
      ? spec
      : { ...spec, policy: { ...spec.policy, when: condition } };
  });
  // Variants say the same.
  problems.push(
    ...toldOnce(
      found.map((problem) => ({ problem, variant: '' })),
      1,
    ),
  );
  return specs;
}

interface ReadCondition {
  readonly spec: StageSpec;
  readonly when: string;
  readonly found: Problem[];
  readonly problems: readonly Problem[];
}

/** All of them have to hold: of a stage with variants, each that agrees with this stage's own axes. */
function readBound(
  names: StageNames<StageSpec>,
  { spec, when, found, problems }: ReadCondition,
): readonly MetricBound[] {
  const bounded = parseBoundedMetric(when);
  if (bounded === undefined) return [];
  const where = spec.locate('/when');
  const { found: stages, rest } = boundedStages(names, bounded.metric);
  if (stages.length === 0 && !hasNoVariantsYet(names, bounded.metric, problems))
    found.push(unknownBoundedStage(names, bounded.metric, { where, who: 'this condition' }));
  const agreeing = stages.filter((stage) => agree(stage, spec));
  // Where none does, the person named another variant.
  return (agreeing.length > 0 ? agreeing : stages).flatMap((stage) => boundsOn(stage, rest, { ...bounded, where }));
}

function agree({ variant: one }: StageSpec, { variant: other }: StageSpec): boolean {
  const axes = other?.axes ?? {};
  return Object.entries(one?.axes ?? {}).every(([axis, value]) => !Object.hasOwn(axes, axis) || axes[axis] === value);
}
