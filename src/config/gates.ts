import type { JsonObject } from '../base/json.ts';
import type { GateSpec, StageSpec } from '../core/pipeline-spec.ts';
import { stageNames } from '../core/stage-names.ts';
import type { StageNames } from '../core/stage-names.ts';
import { slotName } from '../core/stage-type.ts';
import { didYouMean } from '../diagnostics/nearest.ts';
import type { Problem } from '../diagnostics/problem.ts';
import type { SourceRange } from '../diagnostics/source.ts';
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
    const match = typeof bound === 'string' ? /^\s*(>=|<=|>|<|==)\s*(\S+)\s*$/.exec(bound) : null;
    const value = Number(match?.[2]);
    if (match === null || !Number.isFinite(value) || !metric.includes('.')) continue;
    const where = locate(locator, places.get(metric) ?? place, '', 'key').range;
    const { found, rest } = boundedStages(names, metric);
    if (found.length === 0) problems.push(unknownStage(names, metric, where));
    const operator = match[1] as GateSpec['operator'];
    for (const stage of found) {
      for (const path of pathsInto(stage, rest))
        specs.push({ metric: [stage.id, ...path].join('.'), stage: stage.id, path, operator, bound: value, where });
    }
  }
  return specs;
}

interface Bounded {
  readonly found: readonly StageSpec[];
  /** The metric without the stage. */
  readonly rest: string;
}

/** Ids of variants may hold dots: the longest name that there is counts. */
function boundedStages(names: StageNames<StageSpec>, metric: string): Bounded {
  for (let dot = metric.lastIndexOf('.'); dot > 0; dot = metric.lastIndexOf('.', dot - 1)) {
    const found = names.find(metric.slice(0, dot));
    if (found.length > 0) return { found, rest: metric.slice(dot + 1) };
  }
  return { found: [], rest: '' };
}

/** The ways into a stage's metrics: where it gathers several artifacts under the first name, one for each of them. */
function pathsInto(stage: StageSpec, rest: string): readonly (readonly string[])[] {
  const path = rest.split('.');
  const [first = '', ...further] = path;
  const gathered = Object.keys(stage.needs).filter((input) => slotName(input) !== input);
  const one = gathered.find((input) => rest.startsWith(`${input}.`));
  if (one !== undefined) return [[one, ...rest.slice(one.length + 1).split('.')]];
  const all = gathered.filter((input) => slotName(input) === first);
  return all.length === 0 ? [path] : all.map((input) => [input, ...further]);
}

function unknownStage(names: StageNames<StageSpec>, metric: string, where: SourceRange): Problem {
  const variant = /^[^.@]*@.*?(?=\.[A-Za-z])/.exec(metric)?.[0];
  const stage = variant ?? metric.split('.')[0] ?? '';
  const hint = didYouMean(stage, names.near(stage), variant === undefined ? 'stages' : 'its variants');
  return {
    code: 'unknown-stage',
    message: `the pipeline has no stage "${stage}", whose metric this gate bounds`,
    where,
    ...(hint === undefined ? {} : { hint }),
  };
}
