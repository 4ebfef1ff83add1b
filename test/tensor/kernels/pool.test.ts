import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadBackend } from '../../../src/tensor/backend.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { expectGradients, expectNoLeak, expectSameOnBoth, values } from '../numeric.ts';
import { testedBackend } from '../../tested-backend.ts';

type Size = [number, number];
const cases = [
  { shape: [3, 8, 6, 32], filter: [2, 2], strides: [2, 2], pad: 'valid' },
  { shape: [3, 8, 6, 32], filter: [2, 2], strides: [2, 2], pad: 'same' },
  { shape: [2, 7, 7, 64], filter: [2, 2], strides: [2, 2], pad: 'valid' },
  { shape: [2, 7, 7, 4], filter: [2, 2], strides: [2, 2], pad: 'same' },
  { shape: [1, 8, 8, 3], filter: [2, 2], strides: [2, 2], pad: 'valid' },
  { shape: [2, 9, 8, 7], filter: [3, 3], strides: [2, 2], pad: 'same' },
  { shape: [2, 9, 8, 5], filter: [3, 2], strides: [1, 1], pad: 'same' },
  { shape: [2, 10, 11, 6], filter: [2, 3], strides: [3, 3], pad: 'valid' },
  { shape: [1, 4, 4, 1], filter: [4, 4], strides: [4, 4], pad: 'valid' },
] as const;

describe.each(cases)('pooling of $shape, window $filter, strides $strides, $pad', ({ shape, filter, strides, pad }) => {
  const size = [...shape];

  test('maximum: the gradient is that of plain JavaScript', async () => {
    await expectSameOnBoth(() => {
      const f = (x: tf.Tensor): tf.Tensor =>
        tf.maxPool(x as tf.Tensor4D, [...filter] as Size, [...strides] as Size, pad);
      return tf.grad(f)(values('x', size), values('dy', f(values('x', size)).shape));
    });
  });

  test('mean: the gradient is the slope', async () => {
    await loadBackend(testedBackend);
    expectGradients(
      (x) => tf.avgPool(x as tf.Tensor4D, [...filter] as Size, [...strides] as Size, pad),
      [values('x', size)],
    );
  });
});

describe('ties', () => {
  beforeAll(() => loadBackend(testedBackend));

  test.each([4, 3])('the first of equal maxima receives the gradient, with %i channels', (channels) => {
    const x = tf.ones<tf.Rank.R4>([1, 2, 2, channels]);
    const dx = tf.grad((a) => tf.maxPool(a as tf.Tensor4D, 2, 2, 'valid'))(x);
    const expected = [...new Array<number>(channels).fill(1), ...new Array<number>(3 * channels).fill(0)];
    expect(Array.from(dx.dataSync())).toEqual(expected);
  });

  test('nothing is left behind', () => {
    const x = values('x', [2, 7, 7, 5]) as tf.Tensor4D;
    expectNoLeak(() => {
      tf.tidy(() => void tf.grad((a) => tf.maxPool(a as tf.Tensor4D, 3, 2, 'same'))(x));
    });
    expectNoLeak(() => {
      tf.tidy(() => void tf.grad((a) => tf.avgPool(a as tf.Tensor4D, 3, 2, 'same'))(x));
    });
  });
});
