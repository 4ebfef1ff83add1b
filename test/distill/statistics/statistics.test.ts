/** Beside scipy, statsmodels and numpy: test/fixtures/statistics/make.py. */
import { describe, expect, it } from '@jest/globals';
import { bootstrapInterval } from '../../../src/distill/statistics/bootstrap.ts';
import { mcnemarExact } from '../../../src/distill/statistics/binomial.ts';
import { meanInterval } from '../../../src/distill/statistics/interval.ts';
import { tQuantile } from '../../../src/distill/statistics/student-t.ts';
import { startPace } from '../../../src/distill/training/pace.ts';
import { golden } from '../../statistics.ts';

describe("Student's t", () => {
  it.each(golden.quantiles)('quantile $p with $degrees degrees of freedom is $t', ({ p, degrees, t }) => {
    expect(Math.abs(tQuantile(p, degrees) / t - 1)).toBeLessThan(1e-10);
  });

  it.each(golden.intervals)('interval of the mean $mean', ({ values, confidence, mean, low, high }) => {
    const found = meanInterval(values, confidence);
    expect(found).toMatchObject({
      mean: expect.closeTo(mean, 12),
      low: expect.closeTo(low, 12),
      high: expect.closeTo(high, 12),
    });
  });

  it.each(golden.paired)('interval and p-value of paired differences of mean $mean', (expected) => {
    const { first, second, confidence, mean, low, high, pValue } = expected;
    const differences = first.map((value, index) => value - (second[index] ?? NaN));
    expect(meanInterval(differences, confidence)).toEqual({
      mean: expect.closeTo(mean, 12),
      low: expect.closeTo(low, 12),
      high: expect.closeTo(high, 12),
      pValue: expect.closeTo(pValue, 10),
    });
  });

  it('has no interval of one value, and one without width of equal ones', () => {
    expect(meanInterval([0.5], 0.95)).toBeUndefined();
    expect(meanInterval([0, 0, 0], 0.95)).toEqual({ mean: 0, low: 0, high: 0, pValue: 1 });
    expect(meanInterval([2, 2], 0.95)).toEqual({ mean: 2, low: 2, high: 2, pValue: 0 });
  });
});

it.each(golden.mcnemar)('McNemar of $onlyFirst and $onlySecond is $pValue', ({ onlyFirst, onlySecond, pValue }) => {
  expect(Math.abs(mcnemarExact(onlyFirst, onlySecond) - pValue)).toBeLessThan(1e-9);
});

describe('the bootstrap', () => {
  const pace = startPace(new AbortController().signal);
  const rows = (differences: readonly (readonly number[])[]) => differences.map((row) => Int8Array.from(row));

  it.each(golden.bootstrap)('of a mean of $mean has the interval of numpy’s', async (expected) => {
    const request = { differences: rows(expected.differences), resamples: 5000, confidence: 0.95, seed: 1, pace };
    const found = await bootstrapInterval(request);
    // Both ends are drawn at random, with an error of about 0.03 deviations, and the means lie on a lattice.
    const lattice = 1 / expected.differences.flat().length;
    expect(Math.abs(found.low - expected.low)).toBeLessThan(0.1 * expected.deviation + 1.5 * lattice);
    expect(Math.abs(found.high - expected.high)).toBeLessThan(0.1 * expected.deviation + 1.5 * lattice);
    expect(await bootstrapInterval(request)).toEqual(found);
  });

  it('draws from its seed', async () => {
    const differences = rows([Array.from({ length: 500 }, (_, index) => (index % 7 === 0 ? 1 : 0))]);
    const [one, other] = [1, 2].map((seed) =>
      bootstrapInterval({ differences, resamples: 20, confidence: 0.9, seed, pace }),
    );
    expect(await one).not.toEqual(await other);
  });

  it('draws replicates, too', async () => {
    // All samples of a replicate are alike: only the replicates can move the mean.
    const differences = rows([new Array<number>(50).fill(1), new Array<number>(50).fill(0)]);
    expect(await bootstrapInterval({ differences, resamples: 500, confidence: 0.9, seed: 1, pace })).toEqual({
      low: 0,
      high: 1,
    });
  });

  it('of models that never differ is nothing', async () => {
    const differences = rows([
      [0, 0],
      [0, 0],
    ]);
    expect(await bootstrapInterval({ differences, resamples: 10, confidence: 0.9, seed: 1, pace })).toEqual({
      low: 0,
      high: 0,
    });
  });
});
