import { isJsonObject } from '../../base/json.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { OptionProblem } from '../../core/stage-type.ts';
import type { LearningRate } from '../../distill/optimizers/learning-rate.ts';

/** What a schema cannot say about learning-rate schedules. `pointer` is the optimizer's. */
export function scheduleProblems(optimizer: JsonObject, pointer: string): OptionProblem[] {
  return Object.entries(optimizer).flatMap(([name, options]) => {
    if (!isJsonObject(options)) return [];
    return rateProblems(options['learningRate'] ?? 0, `${pointer}/${name}/learningRate`);
  });
}

function rateProblems(value: JsonValue, pointer: string): OptionProblem[] {
  const rate = value as LearningRate;
  if (typeof rate === 'number') return [];
  if ('piecewiseConstantDecay' in rate) {
    return piecesProblems(rate.piecewiseConstantDecay, `${pointer}/piecewiseConstantDecay`);
  }
  if (!('linearWarmup' in rate)) return [];
  const { warmupSteps, warmupShare, then } = rate.linearWarmup;
  const here = `${pointer}/linearWarmup`;
  const inner = rateProblems(then, `${here}/then`);
  if ((warmupSteps === undefined) !== (warmupShare === undefined)) return inner;
  const found = warmupSteps === undefined ? 'neither' : 'both';
  return [
    {
      code: 'bad-option',
      message: `a warm-up takes either \`warmupSteps\` or \`warmupShare\`, and ${found} is given`,
      hint: 'warmupSteps counts batches, warmupShare is a part of the whole training',
      pointer: here,
    },
    ...inner,
  ];
}

/** Pieces, the values in them, and the boundaries between them. */
export function piecesProblems(
  { boundaries, values }: { readonly boundaries: readonly number[]; readonly values: readonly number[] },
  pointer: string,
): OptionProblem[] {
  const problems: OptionProblem[] = [];
  if (values.length !== boundaries.length + 1) {
    problems.push({
      code: 'bad-option',
      message: `${boundaries.length} boundaries make ${boundaries.length + 1} pieces, and there are ${values.length} values`,
      pointer: `${pointer}/values`,
    });
  }
  if (boundaries.some((boundary, index) => index > 0 && boundary <= (boundaries[index - 1] ?? 0))) {
    problems.push({ code: 'bad-option', message: 'boundaries have to ascend', pointer: `${pointer}/boundaries` });
  }
  return problems;
}
