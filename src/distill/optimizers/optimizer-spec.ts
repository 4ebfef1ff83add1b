/** Optimisers as they are written in YAML, with Keras' names in camel case and its defaults. Pure: planning reads them, too. */
import { isJsonObject } from '../../base/json.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { normalizeLearningRate, rateReadsTotal } from './learning-rate.ts';
import type { LearningRate } from './learning-rate.ts';

export interface AdamSpec {
  readonly type: 'adam';
  readonly learningRate: LearningRate;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

export interface SgdSpec {
  readonly type: 'sgd';
  readonly learningRate: LearningRate;
  readonly momentum: number;
  readonly nesterov: boolean;
}

export interface RmspropSpec {
  readonly type: 'rmsprop';
  readonly learningRate: LearningRate;
  readonly rho: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly centered: boolean;
}

export type OptimizerSpec = AdamSpec | SgdSpec | RmspropSpec;

const defaults: Readonly<Record<string, JsonObject>> = {
  adam: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
  sgd: { learningRate: 0.01, momentum: 0, nesterov: false },
  rmsprop: { learningRate: 0.001, rho: 0.9, momentum: 0, epsilon: 1e-7, centered: false },
} satisfies Record<OptimizerSpec['type'], JsonObject>;

/**
 * Shorthands and defaults written out: `adam` and `adam: {}` become `adam: { learningRate: 0.001, beta1: 0.9, … }`.
 * Expects what the schema accepts; what it does not understand it leaves as it is.
 */
export function normalizeOptimizer(optimizer: JsonValue): JsonValue {
  if (typeof optimizer === 'string') return normalizeOptimizer({ [optimizer]: null });
  if (!isJsonObject(optimizer)) return optimizer;
  return Object.fromEntries(
    Object.entries(optimizer).map(([name, given]): [string, JsonValue] => {
      if (given !== null && !isJsonObject(given)) return [name, given];
      const options: JsonObject = { ...defaults[name], ...given };
      const { learningRate } = options;
      return [
        name,
        learningRate === undefined ? options : { ...options, learningRate: normalizeLearningRate(learningRate) },
      ];
    }),
  );
}

/** @param optimizer of {@link normalizeOptimizer}, accepted by the schema */
export function parseOptimizer(optimizer: JsonValue): OptimizerSpec {
  const [type, options] = Object.entries(optimizer as JsonObject)[0] ?? [''];
  return { ...(options as JsonObject), type } as unknown as OptimizerSpec;
}

/** Whether a step depends on the total number of epochs: then 10 epochs are not 5 epochs and 5 more. */
export function readsTotal(optimizer: OptimizerSpec): boolean {
  return rateReadsTotal(optimizer.learningRate);
}
