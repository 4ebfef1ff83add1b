import { describe, expect, it } from '@jest/globals';
import { normalizeLearningRate, rateAt, rateReadsTotal } from '../../../src/distill/optimizers/learning-rate.ts';
import type { LearningRate } from '../../../src/distill/optimizers/learning-rate.ts';
import { expectClose, golden } from '../golden.ts';

const { steps, cases } = golden.schedules;

describe('schedules against Keras', () => {
  it.each(cases.map((entry) => [JSON.stringify(entry.rate), entry] as const))('%s', (_, { rate, values }) => {
    // Keras computes schedules in float32.
    expectClose(
      steps.map((step) => rateAt(read(rate), step, 1000)),
      values,
      1e-6,
    );
  });
});

describe('a schedule without its own length', () => {
  const cosine = read({ cosineDecay: { initialLearningRate: 1 } });

  it('spans the whole training', () => {
    expect(rateAt(cosine, 0, 80)).toBe(1);
    expect(rateAt(cosine, 40, 80)).toBeCloseTo(0.5);
    expect(rateAt(cosine, 80, 80)).toBeCloseTo(0);
  });

  it('leaves the warm-up its share', () => {
    const rate = read({ linearWarmup: { warmupShare: 0.1, then: { cosineDecay: { initialLearningRate: 1 } } } });
    expect([0, 5, 10, 55, 100].map((step) => rateAt(rate, step, 100))).toEqual([0, 0.5, 1, expect.closeTo(0.5), 0]);
  });

  it('reads the total, others do not', () => {
    expect(rateReadsTotal(cosine)).toBe(true);
    expect(rateReadsTotal(read({ cosineDecay: { initialLearningRate: 1, decaySteps: 9 } }))).toBe(false);
    expect(rateReadsTotal(read({ linearWarmup: { warmupShare: 0.1, then: 1 } }))).toBe(true);
    expect(rateReadsTotal(read({ linearWarmup: { warmupSteps: 5, then: 1 } }))).toBe(false);
    expect(
      rateReadsTotal(read({ linearWarmup: { warmupSteps: 5, then: { cosineDecay: { initialLearningRate: 1 } } } })),
    ).toBe(true);
    expect(rateReadsTotal(0.1)).toBe(false);
  });
});

function read(rate: Parameters<typeof normalizeLearningRate>[0]): LearningRate {
  return normalizeLearningRate(rate) as unknown as LearningRate;
}
