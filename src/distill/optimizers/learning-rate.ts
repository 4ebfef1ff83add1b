/** Learning-rate schedules with Keras' names and formulas. Steps are batches, counted from 0. Pure: planning reads them, too. */
import { isJsonObject } from '../../base/json.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';

/** A number is constant. */
export type LearningRate =
  | number
  /** initialLearningRate · decayRate ^ (step / decaySteps), the exponent rounded down when `staircase`. */
  | {
      readonly exponentialDecay: {
        readonly initialLearningRate: number;
        readonly decaySteps: number;
        readonly decayRate: number;
        readonly staircase: boolean;
      };
    }
  /** From initialLearningRate to alpha times it along half a cosine (arXiv 1608.03983); over the whole training without `decaySteps`. */
  | {
      readonly cosineDecay: {
        readonly initialLearningRate: number;
        readonly decaySteps?: number;
        readonly alpha: number;
      };
    }
  /** values[i] up to and with step boundaries[i], the last value after the last boundary. */
  | { readonly piecewiseConstantDecay: { readonly boundaries: readonly number[]; readonly values: readonly number[] } }
  /**
   * From initialLearningRate in a straight line to where `then` begins; `then` starts its own steps after it. Either
   * `warmupSteps`, or `warmupShare` of the whole training.
   */
  | {
      readonly linearWarmup: {
        readonly initialLearningRate: number;
        readonly warmupSteps?: number;
        readonly warmupShare?: number;
        readonly then: LearningRate;
      };
    };

const defaults: Readonly<Record<string, JsonObject>> = {
  exponentialDecay: { staircase: false },
  cosineDecay: { alpha: 0 },
  piecewiseConstantDecay: {},
  linearWarmup: { initialLearningRate: 0 },
};

export function normalizeLearningRate(rate: JsonValue): JsonValue {
  if (!isJsonObject(rate)) return rate;
  return Object.fromEntries(
    Object.entries(rate).map(([name, options]): [string, JsonValue] => {
      if (!isJsonObject(options)) return [name, options];
      const { then } = options;
      const inner = then === undefined ? {} : { then: normalizeLearningRate(then) };
      return [name, { ...defaults[name], ...options, ...inner }];
    }),
  );
}

/** Whether the rate of a step depends on how long the training is: such a training cannot be extended. */
export function rateReadsTotal(rate: LearningRate): boolean {
  if (typeof rate === 'number') return false;
  if ('cosineDecay' in rate) return rate.cosineDecay.decaySteps === undefined;
  if ('linearWarmup' in rate) {
    return rate.linearWarmup.warmupSteps === undefined || rateReadsTotal(rate.linearWarmup.then);
  }
  return false;
}

/**
 * @param step from 0
 * @param totalSteps of the whole training
 */
export function rateAt(rate: LearningRate, step: number, totalSteps: number): number {
  if (typeof rate === 'number') return rate;
  if ('exponentialDecay' in rate) {
    const { initialLearningRate, decaySteps, decayRate, staircase } = rate.exponentialDecay;
    const exponent = step / decaySteps;
    return initialLearningRate * decayRate ** (staircase ? Math.floor(exponent) : exponent);
  }
  if ('cosineDecay' in rate) {
    const { initialLearningRate, decaySteps = totalSteps, alpha } = rate.cosineDecay;
    const share = Math.min(step, decaySteps) / Math.max(1, decaySteps);
    return initialLearningRate * ((1 - alpha) * 0.5 * (1 + Math.cos(Math.PI * share)) + alpha);
  }
  if ('piecewiseConstantDecay' in rate) {
    const { boundaries, values } = rate.piecewiseConstantDecay;
    const index = boundaries.findIndex((boundary) => step <= boundary);
    return values[index === -1 ? values.length - 1 : index] ?? 0;
  }
  const { initialLearningRate, warmupSteps, warmupShare = 0, then } = rate.linearWarmup;
  const steps = warmupSteps ?? Math.round(warmupShare * totalSteps);
  if (step >= steps) return rateAt(then, step - steps, totalSteps - steps);
  const target = rateAt(then, 0, totalSteps - steps);
  return initialLearningRate + (target - initialLearningRate) * (step / steps);
}
