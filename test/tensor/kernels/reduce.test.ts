import { expect, test } from '@jest/globals';
import { loadBackend } from '../../../src/tensor/backend.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { expectSameOnBoth, values } from '../numeric.ts';
import { testedBackend } from '../../tested-backend.ts';

const cases: { shape: number[]; axis: number | number[] | undefined }[] = [
  { shape: [300, 10], axis: 0 },
  { shape: [3, 5, 7, 6], axis: [0, 1, 2] },
  { shape: [3, 5, 7, 6], axis: [2, 0, 1] },
  { shape: [3, 5, 7, 6], axis: [1, 2] },
  { shape: [3, 5, 7, 1], axis: [0, 1, 2] },
  { shape: [4, 9], axis: -1 },
  { shape: [4, 9], axis: -2 },
  { shape: [4, 9], axis: undefined },
  { shape: [9], axis: 0 },
];

test.each(cases)('sum and mean of $shape over $axis, kept and not', async ({ shape, axis }) => {
  await expectSameOnBoth(() => {
    const x = values('x', shape);
    return [tf.sum(x, axis), tf.sum(x, axis, true), tf.mean(x, axis), tf.mean(x, axis, true)];
  });
  const shapes = (): number[][] => [
    tf.sum(values('x', shape), axis, true).shape,
    tf.mean(values('x', shape), axis).shape,
  ];
  await loadBackend('cpu');
  const expected = shapes();
  await loadBackend(testedBackend);
  expect(shapes()).toEqual(expected);
});

test('integers are summed as integers', async () => {
  await loadBackend(testedBackend);
  const sums = tf.sum(tf.tensor2d([1, 2, 3, 4], [2, 2], 'int32'), 0);
  expect([sums.dtype, ...sums.dataSync()]).toEqual(['int32', 4, 6]);
});

// Of TensorFlow's own sums the best is not better.
const precision = testedBackend === 'wasm' ? 1e-5 : 1e-3;

test(`the sum of as many equal numbers as a batch has pixels is right to ${precision}`, async () => {
  await loadBackend(testedBackend);
  const sums = tf.sum(tf.fill([64 * 28 * 28, 2], 0.1), 0).dataSync();
  expect(Math.abs(sums[0]! / (64 * 28 * 28 * 0.1) - 1)).toBeLessThan(precision);
});
