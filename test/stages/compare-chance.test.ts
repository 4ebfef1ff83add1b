/** Verdicts on models that were drawn at random: how often chance alone is taken for a gain, and how often a gain is found. */
import { expect, test } from '@jest/globals';
import { startPace } from '../../src/distill/training/pace.ts';
import { differenceOf } from '../../src/stages/compare/verdict.ts';
import type { Verdict } from '../../src/stages/compare/verdict.ts';
import { generator } from '../../src/tensor/random.ts';

const terms = { budget: 'equal', images: 'same', differing: ['distillation'] } as const;
const [replicates, images, trials] = [5, 300, 30];

/** @param gain of the first of two models, whose accuracy is 90%, and which differ on one image in ten and from seed to seed */
async function verdicts(gain: number): Promise<readonly Verdict[]> {
  const found: Verdict[] = [];
  for (let trial = 0; trial < trials; trial++) {
    const random = generator(trial, 'models');
    // Some images are hard for the one, whatever its seed.
    const lean = Float64Array.from({ length: images }, () => 0.05 * random.normal());
    const pairs = Array.from({ length: replicates }, (_, replicate) => {
      const luck = 0.005 * random.normal();
      const differences = Int8Array.from(lean, (leaning) => {
        const share = random.uniform();
        const ahead = 0.05 + (gain + luck + leaning) / 2;
        if (share < ahead) return 1;
        return share > 0.95 + (gain + luck + leaning) / 2 ? -1 : 0;
      });
      return { replicate: String(replicate), differences };
    });
    const pace = startPace(new AbortController().signal);
    const difference = await differenceOf(pairs, terms, { confidence: 0.95, resamples: 60, seed: trial, pace });
    found.push(difference?.verdict ?? 'too few replicates');
  }
  return found;
}

test('chance is taken for a gain or a loss in about one case of twenty, or less', async () => {
  const wrong = (await verdicts(0)).filter((verdict) => verdict !== 'not distinguishable').length;
  // 5% of 30 are 1.5; 5 or more would come once in 50 times, and the seeds stay the same.
  expect(wrong).toBeLessThan(5);
});

test('a gain of five points is found', async () => {
  const found = await verdicts(0.05);
  expect(found.filter((verdict) => verdict === 'gains').length).toBeGreaterThan(0.9 * trials);
  expect(found).not.toContain('loses');
});
