import { expect, test } from '@jest/globals';
import { generator } from '../../src/tensor/random.ts';

test('a stream is what it always was: cached results and papers depend on it', () => {
  const stream = generator(1, 'shuffle', 0);
  expect([stream.uint32(), stream.uint32(), stream.uint32()]).toEqual([591984656, 2628784593, 2961802381]);
  expect(Array.from(generator(7, 'split').permutation(10))).toEqual([0, 9, 5, 3, 4, 7, 8, 2, 6, 1]);
  const normals = new Float32Array(3);
  generator(7, 'kernel', 'conv2d').fillNormal(normals, 0, 1);
  expect(Array.from(normals)).toEqual([0.9911977648735046, 0.9053277373313904, 2.1448519229888916]);
});

test('each part of the name makes another stream, and its type counts', () => {
  const names = [
    [1],
    [2],
    [1, 'a'],
    [1, 'b'],
    [1, 'a', 0],
    [1, 'a', '0'],
    [1, 'a0'],
    [1, 'a', 'b'],
    [1, 'ab'],
  ] as const;
  const firsts = names.map(([seed, ...purpose]) => generator(seed, ...purpose).uint32());
  expect(new Set(firsts).size).toBe(names.length);
});

test('a name with a number that is not finite is refused', () => {
  expect(() => generator(NaN)).toThrow(RangeError);
  expect(() => generator(1, 'epoch', Infinity)).toThrow('finite');
});

test('two streams of different purposes are not correlated', () => {
  const [a, b] = ['first', 'second'].map((purpose) => {
    const numbers = new Float32Array(100_000);
    generator(3, purpose).fillNormal(numbers, 0, 1);
    return numbers;
  }) as [Float32Array, Float32Array];
  const correlation = a.reduce((sum, value, i) => sum + value * b[i]!, 0) / a.length;
  expect(Math.abs(correlation)).toBeLessThan(4 / Math.sqrt(a.length));
});

test('uniform numbers fill [lo, hi) evenly', () => {
  const numbers = new Float32Array(200_000);
  generator(5, 'uniform').fillUniform(numbers, 0, 1);
  const counts = new Array<number>(20).fill(0);
  for (const value of numbers) {
    counts[Math.floor(value * 20)]!++;
  }
  expect(Object.keys(counts)).toHaveLength(20);
  const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
  // 99.9% of the chi-square distribution with 19 degrees of freedom.
  expect(chiSquare).toBeLessThan(43.8);
  expect(generator(5, 'uniform').uniform()).toBeCloseTo(numbers[0]!, 6);
});

test('normal numbers have the mean, the deviation and the tails of the normal distribution', () => {
  const numbers = new Float32Array(200_000);
  generator(6, 'normal').fillNormal(numbers, 10, 2);
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const variance = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / numbers.length;
  expect(Math.abs(mean - 10)).toBeLessThan(4 * (2 / Math.sqrt(numbers.length)));
  expect(Math.abs(variance / 4 - 1)).toBeLessThan(4 * Math.sqrt(2 / numbers.length));
  const beyondTwo = numbers.filter((value) => Math.abs(value - 10) > 4).length / numbers.length;
  expect(beyondTwo).toBeGreaterThan(0.0435);
  expect(beyondTwo).toBeLessThan(0.0475);
});

test('a Bernoulli mask keeps the fraction asked for, and 0 and 1 exactly', () => {
  const mask = new Float32Array(100_000);
  generator(8, 'dropout').fillBernoulli(mask, 0.7, 1 / 0.7);
  const kept = mask.filter((value) => value > 0);
  expect(Math.abs(kept.length / mask.length - 0.7)).toBeLessThan(4 * Math.sqrt((0.7 * 0.3) / mask.length));
  expect(new Set(kept)).toEqual(new Set([Math.fround(1 / 0.7)]));
  generator(8, 'all').fillBernoulli(mask, 1, 1);
  expect(mask.every((value) => value === 1)).toBe(true);
  generator(8, 'none').fillBernoulli(mask, 0, 1);
  expect(mask.every((value) => value === 0)).toBe(true);
  expect(() => {
    generator(8).fillBernoulli(mask, 1.5, 1);
  }).toThrow('between 0 and 1');
});

test('a permutation holds every number once, and each of the orders of three is equally likely', () => {
  const order = generator(9, 'large').permutation(60_000);
  expect(new Set(order).size).toBe(60_000);
  const counts = new Map<string, number>();
  const stream = generator(9, 'orders');
  for (let i = 0; i < 6000; i++) {
    const name = stream.permutation(3).join();
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  expect(counts.size).toBe(6);
  const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
  // 99.9% of the chi-square distribution with 5 degrees of freedom.
  expect(chiSquare).toBeLessThan(20.5);
  expect(generator(9).permutation(0)).toHaveLength(0);
  expect(() => generator(9).permutation(-1)).toThrow(RangeError);
});

test('numbers taken one by one and in bulk are the same stream', () => {
  const bulk = new Float32Array(1000);
  generator(2, 'mixed').fillBernoulli(bulk, 0.5, 1);
  const single = generator(2, 'mixed');
  expect(Array.from(bulk)).toEqual(Array.from(bulk, () => (single.uint32() < 2 ** 31 ? 1 : 0)));
});
