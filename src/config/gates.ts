import type { JsonObject } from '../base/json.ts';
import type { StageId } from '../core/ids.ts';
import type { GateSpec, StageSpec } from '../core/pipeline-spec.ts';
import { didYouMean } from '../diagnostics/nearest.ts';
import type { Problem } from '../diagnostics/problem.ts';
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

/** The gates that say what they should; the schema tells of the others. */
export function readGates({ gates, place, locator, stages, problems }: GatesRequest): readonly GateSpec[] {
  const ids = new Set<string>(stages.map((stage) => stage.id));
  const places = new Map(membersOf(place).map((member) => [member.name, member.place]));
  const specs: GateSpec[] = [];
  for (const [metric, bound] of Object.entries(gates)) {
    // Stage ids have no dots.
    const [stage = '', ...path] = metric.split('.');
    const match = typeof bound === 'string' ? /^\s*(>=|<=|>|<|==)\s*(\S+)\s*$/.exec(bound) : null;
    const value = Number(match?.[2]);
    if (match === null || !Number.isFinite(value) || path.length === 0) continue;
    const gate = places.get(metric) ?? place;
    if (!ids.has(stage)) {
      const hint = didYouMean(stage, [...ids], 'stages');
      problems.push({
        code: 'unknown-stage',
        message: `the pipeline has no stage "${stage}", whose metric this gate bounds`,
        where: locate(locator, gate, '', 'key').range,
        ...(hint === undefined ? {} : { hint }),
      });
    }
    specs.push({
      metric,
      stage: stage as StageId,
      path,
      operator: match[1] as GateSpec['operator'],
      bound: value,
      where: locate(locator, gate, '', 'key').range,
    });
  }
  return specs;
}
