import { describe, expect, it } from '@jest/globals';
import { agreement, errorOverlap, evaluateLogits, meanKl, predictedClasses } from '../../src/distill/evaluate.ts';

// Softmax of each row: (1/2, 1/4, 1/4), (1/4, 1/4, 1/2), (1/3, 1/3, 1/3).
const ln2 = Math.log(2);
const logits = Float32Array.from([ln2, 0, 0, 0, 0, ln2, 5, 5, 5]);

describe('evaluateLogits', () => {
  it('counts by hand', () => {
    const found = evaluateLogits(logits, [0, 1, 1], 3);
    expect(found).toMatchObject({
      count: 3,
      errors: 2,
      accuracy: 1 / 3,
      confusion: [
        [1, 0, 0],
        [1, 0, 1],
        [0, 0, 0],
      ],
      perClass: [
        { count: 1, recall: 1, precision: 0.5 },
        { count: 2, recall: 0, precision: null },
        { count: 0, recall: null, precision: 0 },
      ],
    });
    expect(found.loss).toBeCloseTo((Math.log(2) + Math.log(4) + Math.log(3)) / 3, 6);
  });

  it('does not overflow', () => {
    expect(evaluateLogits(Float32Array.from([1e4, -1e4]), [1], 2).loss).toBeCloseTo(2e4);
  });

  it('refuses what does not belong together', () => {
    expect(() => evaluateLogits(logits, [0, 1], 3)).toThrow('3 rows');
    expect(() => evaluateLogits(logits, [0, 1, 3], 3)).toThrow('label 3');
    expect(() => evaluateLogits(logits, [0, 1, 2], 2)).toThrow('no rows of 2');
  });
});

describe('two models', () => {
  const other = Float32Array.from([9, 0, 0, 1, 0, 0, 0, 0, 1]);

  it('agree where they choose the same class, the first of equal ones', () => {
    expect([...predictedClasses(logits, 3)]).toEqual([0, 2, 0]);
    expect(agreement(logits, other, 3)).toBe(1 / 3);
  });

  it('share errors, and have some of their own', () => {
    // The one chooses 0 2 0, the other 0 0 2.
    const overlap = (labels: number[]) => errorOverlap(logits, other, { labels, classes: 3 });
    expect(overlap([0, 2, 2])).toEqual({ both: 0, onlyFirst: 1, onlySecond: 1 });
    expect(overlap([1, 1, 0])).toEqual({ both: 2, onlyFirst: 0, onlySecond: 1 });
  });

  it('have the divergence of their softmax', () => {
    expect(meanKl(logits, logits, 3)).toBe(0);
    const uniform = Float32Array.from([0, 0, 0]);
    const half = logits.slice(0, 3);
    expect(meanKl(half, uniform, 3)).toBeCloseTo(0.5 * Math.log(1.5) + 0.5 * Math.log(0.75), 6);
    expect(meanKl(uniform, half, 3)).not.toBeCloseTo(meanKl(half, uniform, 3), 3);
    // Twice the logits at temperature 2 are the same distribution.
    expect(
      meanKl(
        half.map((z) => 2 * z),
        uniform,
        3,
        2,
      ),
    ).toBeCloseTo(meanKl(half, uniform, 3), 6);
  });
});
