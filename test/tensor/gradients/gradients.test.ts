import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadBackend } from '../../../src/tensor/backend.ts';
import { generator } from '../../../src/tensor/random.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { expectGradients, values } from '../numeric.ts';
import { testedBackend } from '../../tested-backend.ts';

/** Away from 0, where half of these functions have a corner. */
const x = (): tf.Tensor => tf.concat([values('low', [3, 4], -2, -0.2), values('high', [3, 4], 0.2, 2)]);
const positive = (): tf.Tensor => values('positive', [4, 5], 0.3, 2);

/** Values between the multiples of 0.1 from 0 to 6, far enough from each other and from those for a finite difference. */
const distinct = (): tf.Tensor => {
  const order = generator(1, 'distinct').permutation(60);
  return tf.tensor3d(
    Float32Array.from(order, (n) => n / 10 + 0.05),
    [3, 4, 5],
  );
};

describe.each([testedBackend, 'cpu'] as const)('gradients on %s are slopes', (backend) => {
  beforeAll(() => loadBackend(backend));

  const smooth = [
    'elu',
    'selu',
    'sigmoid',
    'tanh',
    'softplus',
    'softmax',
    'logSoftmax',
    'relu',
    'relu6',
    'leakyRelu',
  ] as const;
  const unary = ['abs', 'neg', 'square', 'exp', 'expm1', 'erf', 'sin', 'cos', 'reciprocal', 'clone'] as const;
  test.each([...smooth, ...unary])('%s', (name) => {
    const f = tf[name] as (x: tf.Tensor) => tf.Tensor;
    expectGradients(f, [name === 'reciprocal' ? positive() : x()]);
  });

  test.each(['log', 'log1p', 'sqrt', 'rsqrt'] as const)('%s', (name) => {
    expectGradients(tf[name], [positive()]);
  });

  test.each(['add', 'sub', 'mul', 'div', 'squaredDifference', 'maximum', 'minimum', 'pow'] as const)(
    '%s, broadcast either way',
    (name) => {
      const f = tf[name] as (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
      expectGradients(f, [positive(), values('row', [5], 0.4, 1.7)]);
      expectGradients(f, [values('column', [4, 1], 0.4, 1.7), positive()]);
    },
  );

  test.each(['sum', 'mean', 'max', 'min', 'logSumExp'] as const)('%s', (name) => {
    const f = tf[name] as (x: tf.Tensor, axis?: number | number[], keepDims?: boolean) => tf.Tensor;
    const input = distinct();
    expectGradients((a) => f(a), [input]);
    expectGradients((a) => f(a, 1), [input]);
    expectGradients((a) => f(a, [0, 2], true), [input]);
  });

  test('moments, as in batch normalisation, through the fused operation', () => {
    const inputs = [values('x', [4, 3, 3, 5]), values('offset', [5]), values('scale', [5], 0.5, 1.5)];
    expectGradients((a, offset, scale) => {
      const { mean, variance } = tf.moments(a, [0, 1, 2]);
      const [m, v] = [mean, variance] as [tf.Tensor1D, tf.Tensor1D];
      return tf.batchNorm(a as tf.Tensor4D, m, v, offset as tf.Tensor1D, scale as tf.Tensor1D, 1e-3);
    }, inputs);
  });

  test('gelu, composed', () => {
    expectGradients((a) => tf.mul(tf.mul(a, 0.5), tf.add(1, tf.erf(tf.div(a, Math.SQRT2)))), [x()]);
  });

  test('prelu', () => {
    expectGradients((a, alpha) => tf.prelu(a, alpha), [x(), values('alpha', [4], 0.1, 0.4)]);
  });

  test.each([
    ['reshape', (a: tf.Tensor) => tf.reshape(a, [6, 10])],
    ['transpose', (a: tf.Tensor) => tf.transpose(a, [2, 0, 1])],
    ['expandDims', (a: tf.Tensor) => tf.expandDims(a, 1)],
    ['slice', (a: tf.Tensor) => tf.slice(a, [1, 0, 2], [2, 3, -1])],
    [
      'pad',
      (a: tf.Tensor) =>
        tf.pad(a, [
          [1, 0],
          [0, 2],
          [3, 1],
        ]),
    ],
    ['tile', (a: tf.Tensor) => tf.tile(a, [2, 1, 3])],
    ['concat', (a: tf.Tensor) => tf.concat([a, tf.square(a)], 1)],
    ['split', (a: tf.Tensor) => tf.mul(tf.split(a, 2, 1)[0]!, tf.split(a, 2, 1)[1]!)],
    ['stack and unstack', (a: tf.Tensor) => tf.stack([tf.unstack(a, 1)[2]!, tf.square(tf.unstack(a, 1)[0]!)], 1)],
    ['cast', (a: tf.Tensor) => tf.cast(a, 'float32')],
    ['clipByValue', (a: tf.Tensor) => tf.clipByValue(a, 1, 4.5)],
    ['addN', (a: tf.Tensor) => tf.addN([a, tf.square(a)])],
  ] as const)('%s', (_, f) => {
    expectGradients(f, [distinct()]);
  });

  test('where', () => {
    const condition = tf.greater(values('condition', [4, 5]), 0);
    expectGradients((a, b) => tf.where(condition, a, b), [positive(), values('other', [4, 5])]);
  });

  test('equal maxima share the gradient', () => {
    expect(
      Array.from(
        tf
          .grad((a) => tf.max(a))(tf.tensor1d([3, 1, 3]))
          .dataSync(),
      ),
    ).toEqual([0.5, 0, 0.5]);
  });

  test('the gradient of ReLU at 0 is 0', () => {
    expect(
      Array.from(
        tf
          .grad((a) => tf.relu(a))(tf.tensor1d([-1, 0, 2, 3, 4]))
          .dataSync(),
      ),
    ).toEqual([0, 0, 1, 1, 1]);
  });
});
