/** Whether the loaded backend computes, and how fast. */
import * as tf from './tf.ts';

/**
 * @returns billions of floating-point operations a second in a product of two 512 × 512 matrices: the best of a few in a fifth of a
 *   second, since the first ones set things up
 * @throws Error where a product is wrong
 */
export async function selfTest(): Promise<number> {
  await checkSmallProduct();
  const matrix = tf.fill<tf.Rank.R2>([SIZE, SIZE], 0.5);
  let best = Infinity;
  for (const end = performance.now() + 200; performance.now() < end;) {
    const started = performance.now();
    const product = tf.matMul(matrix, matrix);
    const [first] = await product.data();
    best = Math.min(best, performance.now() - started);
    product.dispose();
    if (first !== SIZE / 4) throw new Error(`a matrix product is wrong: ${first ?? 'nothing'} and not ${SIZE / 4}`);
  }
  matrix.dispose();
  return (2 * SIZE ** 3) / best / 1e6;
}

const SIZE = 512;

async function checkSmallProduct(): Promise<void> {
  const [a, b] = [tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]), tf.tensor2d([7, 8, 9, 10, 11, 12], [3, 2])];
  const product = tf.matMul(a, b);
  const found = [...(await product.data())].join(' ');
  for (const tensor of [a, b, product]) tensor.dispose();
  if (found !== '58 64 139 154') throw new Error(`a matrix product is wrong: ${found} and not 58 64 139 154`);
}
