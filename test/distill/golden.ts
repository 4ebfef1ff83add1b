/** What Keras computed; fixtures/golden.py made it. */
import { readFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import type { JsonObject, JsonValue } from '../../src/base/json.ts';
import type { ActivationName } from '../../src/distill/model/activations.ts';
import type { InitializerName } from '../../src/distill/model/initializers.ts';
import type { LossSpec } from '../../src/distill/losses/loss-spec.ts';
import * as tf from '../../src/tensor/tf.ts';

export interface Numbers {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

export interface Golden {
  readonly losses: {
    readonly logits: Numbers;
    readonly teacher: Numbers;
    readonly peers?: readonly Numbers[];
    readonly labels: readonly number[];
    readonly cases: readonly { readonly spec: LossSpec; readonly loss: number; readonly gradient: Numbers }[];
  };
  readonly activations: {
    readonly x: Numbers;
    readonly weights: Numbers;
    readonly cases: Readonly<Record<ActivationName, { readonly y: Numbers; readonly gradient: Numbers }>>;
  };
  readonly layers: readonly {
    readonly layer: JsonObject;
    readonly parameters: number;
    readonly weights: Readonly<Record<string, Numbers>>;
    readonly x: Numbers;
    readonly y: Numbers;
  }[];
  readonly training: {
    readonly x: Numbers;
    readonly labels: readonly number[];
    readonly weights: Readonly<Record<string, Numbers>>;
    readonly parameters: number;
    readonly logits: Numbers;
    readonly cases: readonly {
      readonly optimizer: JsonObject;
      readonly losses: readonly number[];
      readonly weights: Readonly<Record<string, Numbers>>;
    }[];
  };
  readonly schedules: {
    readonly steps: readonly number[];
    readonly cases: readonly { readonly rate: JsonValue; readonly values: readonly number[] }[];
  };
  readonly initializers: readonly {
    readonly initializer: InitializerName;
    readonly shape: readonly number[];
    readonly mean: number;
    readonly deviation: number;
    readonly largest: number;
  }[];
}

export const golden = JSON.parse(readFileSync(new URL('fixtures/golden.json', import.meta.url), 'utf8')) as Golden;

export function tensorOf({ shape, values }: Numbers): tf.Tensor {
  return tf.tensor([...values], [...shape], 'float32');
}

/** Each number within `tolerance`, relative to the largest. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-5): void {
  expect(actual.length).toBe(expected.length);
  const largest = Array.from(expected).reduce((max, value) => Math.max(max, Math.abs(value)), 1e-3);
  const worst = Array.from(expected).reduce((max, value, index) => {
    const difference = Math.abs(value - (actual[index] ?? NaN));
    return Number.isNaN(difference) ? Infinity : Math.max(max, difference);
  }, 0);
  expect(worst / largest).toBeLessThan(tolerance);
}
