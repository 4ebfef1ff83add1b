import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadBackend } from '../../../src/tensor/backend.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { expectNoLeak, expectSameOnBoth, values } from '../numeric.ts';
import { testedBackend } from '../../tested-backend.ts';

describe.each([
  { shape: [3, 8, 6, 32], filter: [3, 3], multiplier: 1, strides: 1, pad: 'same' },
  { shape: [2, 7, 9, 5], filter: [3, 3], multiplier: 1, strides: 2, pad: 'same' },
  { shape: [2, 9, 8, 6], filter: [1, 3], multiplier: 2, strides: 1, pad: 'same' },
  { shape: [2, 9, 8, 6], filter: [3, 1], multiplier: 1, strides: 1, pad: 'same' },
  { shape: [2, 8, 8, 4], filter: [4, 2], multiplier: 3, strides: 2, pad: 'valid' },
  { shape: [1, 12, 5, 1], filter: [5, 5], multiplier: 4, strides: 3, pad: 'valid' },
  { shape: [4, 6, 6, 7], filter: [1, 1], multiplier: 1, strides: 2, pad: 'same' },
] as const)('depthwise convolution: %j', ({ shape, filter, multiplier, strides, pad }) => {
  test('forward, and the gradients of the input and of the filter, are those of plain JavaScript', async () => {
    await expectSameOnBoth(() => {
      const f = (x: tf.Tensor, kernel: tf.Tensor): tf.Tensor =>
        tf.depthwiseConv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, strides, pad);
      const inputs = [values('x', [...shape]), values('filter', [...filter, shape[3], multiplier])] as const;
      const y = f(...inputs);
      return [y, ...tf.grads(f)([...inputs], values('dy', y.shape))];
    });
  });
});

describe('depthwise convolution', () => {
  beforeAll(() => loadBackend(testedBackend));

  test('leaves nothing behind', () => {
    const x = values('x', [2, 7, 7, 5]) as tf.Tensor4D;
    const filter = values('filter', [3, 3, 5, 2]) as tf.Tensor4D;
    expectNoLeak(() => {
      tf.tidy(() => {
        tf.grads((a, b) => tf.depthwiseConv2d(a as tf.Tensor4D, b as tf.Tensor4D, 2, 'same'))([x, filter]);
      });
    });
  });

  test('is refused where it would be trained with a dilation, which no gradient here knows', () => {
    const x = values('x', [1, 9, 9, 1]) as tf.Tensor4D;
    const filter = values('filter', [3, 3, 1, 1]) as tf.Tensor4D;
    expect(() => tf.grad((a) => tf.depthwiseConv2d(a as tf.Tensor4D, filter, 1, 'same', 'NHWC', 2))(x)).toThrow(
      'dilated',
    );
  });
});
