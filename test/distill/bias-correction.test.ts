import { describe, expect, it } from '@jest/globals';
import { fitBias } from '../../src/distill/bias-correction.ts';
import { generator } from '../../src/tensor/random.ts';

const WIDTH = 4;

describe('fitBias', () => {
  it.each([1, 2, 3, 4, 5, 6])('finds a shift as good as the best of a fine grid (draw %d)', (draw) => {
    const { logits, labels } = drawn(draw);
    const classes = draw % 2 === 0 ? [2] : [1, 3];
    const { shift, before, after } = fitBias(logits, labels, { width: WIDTH, classes });
    const grid = Array.from({ length: 4001 }, (_, index) => (index - 2000) / 100);
    const best = Math.max(...grid.map((each) => accuracy(logits, labels, classes, each)));
    expect(after).toBeGreaterThanOrEqual(best);
    expect(after).toBe(accuracy(logits, labels, classes, shift));
    expect(before).toBe(accuracy(logits, labels, classes, 0));
    expect(after).toBeGreaterThan(before);
  });

  it('moves nothing where nothing is better', () => {
    const logits = Float32Array.of(3, 0, 0, 2, 5, 1);
    expect(fitBias(logits, [0, 1, 0], { width: 2, classes: [1] })).toEqual({ shift: 0, before: 1, after: 1 });
  });

  it('moves as little as it needs', () => {
    // Right from 2 on, wrong from 6 on for the second.
    const logits = Float32Array.of(2, 0, 6, 0);
    expect(fitBias(logits, [1, 0], { width: 2, classes: [1] })).toEqual({ shift: 4, before: 0.5, after: 1 });
  });
});

/** Samples whose logits of class 2, and of 1 and 3, are far too small. */
function drawn(draw: number): { readonly logits: Float32Array; readonly labels: readonly number[] } {
  const random = generator(draw, 'bias-correction');
  const labels = Array.from({ length: 200 }, () => random.uint32() % WIDTH);
  const logits = new Float32Array(labels.length * WIDTH);
  random.fillNormal(logits, 0, 1.5);
  for (const [sample, label] of labels.entries()) {
    for (let at = 0; at < WIDTH; at++) {
      const index = sample * WIDTH + at;
      logits[index] = (logits[index] ?? 0) + (at === label ? 3 : 0) - (at > 0 ? 4 : 0);
    }
  }
  return { logits, labels };
}

function accuracy(logits: Float32Array, labels: readonly number[], classes: readonly number[], shift: number): number {
  const right = labels.filter((label, sample) => {
    const row = Array.from({ length: WIDTH }, (_, at) => {
      return (logits[sample * WIDTH + at] ?? 0) + (classes.includes(at) ? shift : 0);
    });
    return row.indexOf(Math.max(...row)) === label;
  });
  return right.length / labels.length;
}
