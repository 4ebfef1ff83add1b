/** Comparisons of tensors between backends, and of gradients with finite differences. */
import { expect } from '@jest/globals';
import { loadBackend } from '../../src/tensor/backend.ts';
import { generator } from '../../src/tensor/random.ts';
import * as tf from '../../src/tensor/tf.ts';
import { testedBackend } from '../tested-backend.ts';

/** Values in [lo, hi), the same for the same name and shape. */
export function values(name: string, shape: number[], lo = -1, hi = 1): tf.Tensor {
  const data = new Float32Array(tf.util.sizeFromShape(shape));
  generator(1, name, ...shape).fillUniform(data, lo, hi);
  return tf.tensor(data, shape);
}

/** What `compute` gives on a backend. */
export async function on(
  backend: typeof testedBackend | 'cpu',
  compute: () => tf.Tensor | tf.Tensor[],
): Promise<Float32Array[]> {
  await loadBackend(backend);
  return tf.tidy(() => [compute()].flat().map((tensor) => Float32Array.from(tensor.dataSync())));
}

/** Expects `compute` to give the same on the tested and on the plain JavaScript backend, to a fraction of the largest number. */
export async function expectSameOnBoth(compute: () => tf.Tensor | tf.Tensor[], tolerance = 1e-5): Promise<void> {
  const expected = await on('cpu', compute);
  const actual = await on(testedBackend, compute);
  expect(actual.length).toBe(expected.length);
  actual.forEach((numbers, index) => {
    expectClose(numbers, expected[index]!, tolerance);
  });
}

export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  const numbers = Array.from(expected);
  const largest = Math.max(1e-3, ...numbers.map(Math.abs));
  const worst = Math.max(0, ...Array.from(actual, (value, i) => gap(value, numbers[i]!)));
  expect(worst / largest).toBeLessThanOrEqual(tolerance);
}

/** NaN is as far from a number as can be, and Math.max would lose it. */
function gap(a: number, b: number): number {
  const distance = Math.abs(a - b);
  return Number.isNaN(distance) ? Infinity : distance;
}

/**
 * Expects the gradients of sum(f(x…) · fixed random weights) to be the slopes of central differences, at up to
 * 40 places of each input.
 */
export function expectGradients(f: (...x: tf.Tensor[]) => tf.Tensor, inputs: tf.Tensor[], tolerance = 5e-3): void {
  const weighted = (...x: tf.Tensor[]): tf.Scalar => {
    const y = f(...x);
    return tf.sum(tf.mul(y, values('weights', y.shape, 0.5, 1.5)));
  };
  tf.tidy(() => {
    const gradients = tf.grads(weighted)(inputs);
    inputs.forEach((input, index) => {
      const step = 1e-2;
      const start = input.dataSync();
      const stride = Math.max(1, Math.floor(start.length / 40));
      const analytic: number[] = [];
      const measured: number[] = [];
      const gradient = gradients[index]!.dataSync();
      for (let place = 0; place < start.length; place += stride) {
        const at = (offset: number): number =>
          tf.tidy(() => {
            const moved = Float32Array.from(start);
            moved[place]! += offset;
            const arguments_ = inputs.map((other, i) => (i === index ? tf.tensor(moved, input.shape) : other));
            return weighted(...arguments_).dataSync()[0]!;
          });
        analytic.push(gradient[place]!);
        measured.push((at(step) - at(-step)) / (2 * step));
      }
      expectClose(analytic, measured, tolerance);
    });
  });
}

/** Expects `work` to leave no tensor behind, and no data on the heap. */
export function expectNoLeak(work: () => void): void {
  work();
  const { numTensors, numDataBuffers } = tf.memory();
  const dataIds = tf.engine().backend.numDataIds();
  work();
  expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers });
  expect(tf.engine().backend.numDataIds()).toBe(dataIds);
}
