import type { StageId } from '../core/ids.ts';
import type { StageSpec } from '../core/pipeline-spec.ts';
import type { StageRecord } from '../core/stage-record.ts';
import { didYouMean } from '../diagnostics/nearest.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { holds, numberAt, numbersIn } from './metric.ts';

/** What a stage's `when` comes to. */
export type Verdict =
  | { readonly verdict: 'holds' }
  /** In words, for the stage that is skipped. */
  | { readonly verdict: 'skip'; readonly because: string }
  /** The metric that it bounds is not there: to skip for a mistyped name would hide it. */
  | { readonly verdict: 'fault'; readonly problem: Problem }
  /** No result of these is known. */
  | { readonly verdict: 'unknown'; readonly waitsFor: readonly StageId[] };

/** @param resultOf what is known of a stage whose metric is bounded */
export function judge({ policy }: StageSpec, resultOf: (id: StageId) => StageRecord | 'skipped' | undefined): Verdict {
  const { when = [] } = policy ?? {};
  if (when === false) return { verdict: 'skip', because: 'its `when` is false' };
  const waitsFor = new Set<StageId>();
  for (const condition of when) {
    const { stage, path, metric, operator, bound } = condition;
    const result = resultOf(stage);
    if (result === 'skipped') return { verdict: 'skip', because: `its condition is on ${stage}, which was skipped` };
    if (result === undefined) {
      waitsFor.add(stage);
      continue;
    }
    const value = numberAt(result.metrics, path);
    if (value === null) return { verdict: 'fault', problem: unknownMetric(condition, result) };
    if (!holds(value, condition))
      return { verdict: 'skip', because: `${metric} is ${value}, and its condition ${operator} ${bound}` };
  }
  return waitsFor.size === 0 ? { verdict: 'holds' } : { verdict: 'unknown', waitsFor: [...waitsFor] };
}

type Condition = Exclude<NonNullable<NonNullable<StageSpec['policy']>['when']>, false>[number];

function unknownMetric({ stage, path, where }: Condition, { metrics }: StageRecord): Problem {
  const name = path.join('.');
  const names = numbersIn(metrics).map(([each]) => each);
  const hint = didYouMean(name, names, 'its metrics');
  return {
    code: 'bad-option',
    message: `${stage} has no number "${name}" among its metrics, which this condition bounds`,
    where,
    ...(hint === undefined ? {} : { hint }),
  };
}
