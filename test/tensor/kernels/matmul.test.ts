import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadBackend } from '../../../src/tensor/backend.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { expectNoLeak, expectSameOnBoth, values } from '../numeric.ts';
import { testedBackend } from '../../tested-backend.ts';

const shapes = [
  { m: 1, k: 1, n: 1 },
  { m: 5, k: 7, n: 3 },
  { m: 64, k: 784, n: 33 },
  { m: 70, k: 9, n: 24 },
  { m: 1, k: 130, n: 16 },
];
const flags = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as const;

describe.each(shapes)('$m×$k times $k×$n', ({ m, k, n }) => {
  test.each(flags)('transposeA %s, transposeB %s: product and gradients', async (transposeA, transposeB) => {
    await expectSameOnBoth(() => {
      const a = values('a', transposeA ? [k, m] : [m, k]);
      const b = values('b', transposeB ? [n, k] : [k, n]);
      const f = (x: tf.Tensor, y: tf.Tensor): tf.Tensor => tf.matMul(x, y, transposeA, transposeB);
      return [f(a, b), ...tf.grads(f)([a, b], values('dy', [m, n]))];
    });
  });
});

test.each(flags)('batches, one of them broadcast, transposeA %s, transposeB %s', async (transposeA, transposeB) => {
  await expectSameOnBoth(() => {
    const a = values('a', transposeA ? [3, 4, 5] : [3, 5, 4]);
    const b = values('b', transposeB ? [1, 6, 4] : [1, 4, 6]);
    const f = (x: tf.Tensor, y: tf.Tensor): tf.Tensor => tf.matMul(x, y, transposeA, transposeB);
    return [f(a, b), ...tf.grads(f)([a, b], values('dy', [3, 5, 6]))];
  });
});

test('with bias and activation in one operation', async () => {
  await expectSameOnBoth(() =>
    tf.fused.matMul({
      a: values('a', [4, 5]),
      b: values('b', [3, 4]),
      transposeA: true,
      transposeB: true,
      bias: values('bias', [3]),
      activation: 'relu',
    }),
  );
});

describe('on the WASM backend', () => {
  beforeAll(() => loadBackend(testedBackend));

  test('the transposes that it makes are freed', () => {
    const [a, b] = [values('a', [5, 4]), values('b', [3, 5])];
    expectNoLeak(() => {
      tf.dispose(tf.matMul(a, b, true, true));
    });
    expect(a.isDisposed || b.isDisposed).toBe(false);
  });
});
