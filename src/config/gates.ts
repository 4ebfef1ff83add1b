import type { JsonObject } from '../base/json.ts';
import type { GateSpec, StageSpec } from '../core/pipeline-spec.ts';
import { stageNames } from '../core/stage-names.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { boundedStages, boundsOn, hasNoVariantsYet, parseBound, unknownBoundedStage } from './bounds.ts';
import { locate } from './locator.ts';
import type { Locator } from './locator.ts';
import type { Place } from './yaml/place.ts';
import { membersOf } from './yaml/place.ts';

export interface GatesRequest {
  /** The value of `gates`, filled in. */
  readonly gates: JsonObject;
  readonly place: Place;
  readonly locator: Locator;
  readonly stages: readonly StageSpec[];
  readonly problems: Problem[];
}

/** The gates that say what they should; the schema tells of the others. One on a stage with variants holds for each of them. */
export function readGates({ gates, place, locator, stages, problems }: GatesRequest): readonly GateSpec[] {
  const names = stageNames(stages);
  const places = new Map(membersOf(place).map((member) => [member.name, member.place]));
  const specs: GateSpec[] = [];
  for (const [metric, bound] of Object.entries(gates)) {
    const value = typeof bound === 'string' ? parseBound(bound) : undefined;
    if (value === undefined || !metric.includes('.')) continue;
    const where = locate(locator, places.get(metric) ?? place, '', 'key').range;
    const { found, rest } = boundedStages(names, metric);
    if (found.length === 0 && !hasNoVariantsYet(names, metric, problems))
      problems.push(unknownBoundedStage(names, metric, { where, who: 'this gate' }));
    specs.push(...found.flatMap((stage) => boundsOn(stage, rest, { ...value, where })));
  }
  return specs;
}
