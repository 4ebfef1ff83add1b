import type { MetricBound } from '../core/metric-bound.ts';
import type { StageSpec } from '../core/pipeline-spec.ts';
import type { StageNames } from '../core/stage-names.ts';
import { slotName } from '../core/stage-type.ts';
import { didYouMean } from '../diagnostics/nearest.ts';
import { originOf } from '../diagnostics/origin.ts';
import type { Problem } from '../diagnostics/problem.ts';
import type { SourceRange } from '../diagnostics/source.ts';

export type Bound = Pick<MetricBound, 'operator' | 'bound'>;

/** `>= 0.9`; undefined where it is no bound. */
export function parseBound(text: string): Bound | undefined {
  const [, operator, number] = /^\s*(>=|<=|>|<|==)\s*(\S+)\s*$/.exec(text) ?? [];
  const bound = Number(number);
  return operator === undefined || !Number.isFinite(bound)
    ? undefined
    : { operator: operator as Bound['operator'], bound };
}

/** `evaluate.teacher.validation.accuracy > 0.9`; undefined where it is no such thing. */
export function parseBoundedMetric(text: string): (Bound & { readonly metric: string }) | undefined {
  // Ids of variants hold `=`, but never two of them.
  const [, metric = '', rest = ''] = /^\s*(\S+?)\s*((?:>=|<=|>|<|==).*)$/.exec(text) ?? [];
  const bound = parseBound(rest);
  return bound === undefined || !metric.includes('.') ? undefined : { metric, ...bound };
}

export interface Bounded {
  readonly found: readonly StageSpec[];
  /** The metric without the stage. */
  readonly rest: string;
}

/** Ids of variants may hold dots: the longest name that there is counts. */
export function boundedStages(names: StageNames<StageSpec>, metric: string): Bounded {
  for (let dot = metric.lastIndexOf('.'); dot > 0; dot = metric.lastIndexOf('.', dot - 1)) {
    const found = names.find(metric.slice(0, dot));
    if (found.length > 0) return { found, rest: metric.slice(dot + 1) };
  }
  return { found: [], rest: '' };
}

/** One bound for each way into the stage's metrics: where it gathers several artifacts under the first name, one for each of them. */
export function boundsOn(
  stage: StageSpec,
  rest: string,
  bound: Bound & Pick<MetricBound, 'where'>,
): readonly MetricBound[] {
  const { operator, bound: value, where } = bound;
  return pathsInto(stage, rest).map((path) => {
    return { metric: [stage.id, ...path].join('.'), stage: stage.id, path, operator, bound: value, where };
  });
}

function pathsInto(stage: StageSpec, rest: string): readonly (readonly string[])[] {
  const path = rest.split('.');
  const [first = '', ...further] = path;
  const gathered = Object.keys(stage.needs).filter((input) => slotName(input) !== input);
  const one = gathered.find((input) => rest.startsWith(`${input}.`));
  if (one !== undefined) return [[one, ...rest.slice(one.length + 1).split('.')]];
  const all = gathered.filter((input) => slotName(input) === first);
  return all.length === 0 ? [path] : all.map((input) => [input, ...further]);
}

/** Where something is wrong with the axes, stages are as they are written, and a variant that is named is not unknown for that. */
export function hasNoVariantsYet(names: StageNames<StageSpec>, metric: string, problems: readonly Problem[]): boolean {
  const isAxisProblem = problems.some(({ code }) => code === 'unknown-axis' || code === 'bad-matrix');
  return isAxisProblem && metric.includes('@') && names.find(metric.replace(/@.*/, '')).length > 0;
}

/** @param who bounds it: `this gate` */
export function unknownBoundedStage(
  names: StageNames<StageSpec>,
  metric: string,
  { where, who }: { readonly where: SourceRange; readonly who: string },
): Problem {
  const variant = /^[^.@]*@.*?(?=\.[A-Za-z])/.exec(metric)?.[0];
  const stage = variant ?? metric.split('.')[0] ?? '';
  const hint = didYouMean(stage, names.near(stage), variant === undefined ? 'stages' : 'its variants');
  return {
    code: 'unknown-stage',
    message: `the pipeline has no stage "${stage}", whose metric ${who} bounds`,
    where,
    ...(hint === undefined ? {} : { hint }),
    ...originOf(where),
  };
}
