import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { selectImages } from '../../../src/stages/artifacts/dataset.ts';
import { drawStratified, indices } from '../../../src/stages/load-data/split.ts';
import type { Draw } from '../../../src/stages/load-data/split.ts';

/** 50 of class 0, 30 of class 1, 20 of class 2, one after the other. */
const labels = Uint8Array.from({ length: 100 }, (_, index) => (index < 50 ? 0 : index < 80 ? 1 : 2));

function draw(count: number, seed = 0, purpose = 'test'): Draw {
  return drawStratified({ labels, from: indices(0, labels.length), count, seed, purpose });
}

function perClass(chosen: Int32Array): number[] {
  return [0, 1, 2].map((label) => chosen.filter((index) => labels[index] === label).length);
}

describe('a stratified draw', () => {
  test('has each class in its share, by largest remainders', () => {
    expect(perClass(draw(20).drawn)).toEqual([10, 6, 4]);
    // 3.5, 2.1 and 1.4: the one that is missing goes to the largest remainder.
    expect(perClass(draw(7).drawn)).toEqual([4, 2, 1]);
    expect(perClass(draw(0).drawn)).toEqual([0, 0, 0]);
    expect(perClass(draw(100).drawn)).toEqual([50, 30, 20]);
  });

  test('leaves the rest in its order', () => {
    const { drawn, rest } = draw(20);
    expect([...drawn, ...rest].sort((a, b) => a - b)).toEqual([...indices(0, 100)]);
    expect([...rest]).toEqual([...rest].sort((a, b) => a - b));
  });

  test('mixes the classes', () => {
    const first = draw(50).drawn.subarray(0, 10);
    expect(new Set(first.map((index) => labels[index] ?? 9)).size).toBeGreaterThan(1);
  });

  test('is the same for a seed and a purpose, and another for others', () => {
    expect(draw(20)).toEqual(draw(20));
    expect(draw(20, 1).drawn).not.toEqual(draw(20).drawn);
    expect(draw(20, 0, 'validation').drawn).not.toEqual(draw(20).drawn);
  });

  test('draws as many as asked for, none twice, whatever the classes are', () => {
    const cases = fc.tuple(
      fc.uint8Array({ min: 0, max: 6, minLength: 1, maxLength: 80 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(cases, ([some, share]) => {
        const count = Math.floor(share * some.length);
        const from = indices(0, some.length);
        const { drawn, rest } = drawStratified({ labels: some, from, count, seed: 3, purpose: 'any' });
        expect(drawn.length).toBe(count);
        expect(new Set([...drawn, ...rest]).size).toBe(some.length);
        for (const label of new Set(some)) {
          const quota = (some.filter((value) => value === label).length * count) / some.length;
          const got = drawn.filter((index) => some[index] === label).length;
          expect(Math.abs(got - quota)).toBeLessThan(1);
        }
      }),
    );
  });
});

test('selects images with their labels', () => {
  const all = { images: Uint8Array.of(1, 1, 2, 2, 3, 3), labels: Uint8Array.of(10, 20, 30) };
  expect(selectImages(all, Int32Array.of(2, 0))).toEqual({
    images: Uint8Array.of(3, 3, 1, 1),
    labels: Uint8Array.of(30, 10),
  });
});
