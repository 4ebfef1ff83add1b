import { beforeAll, describe, expect, it } from '@jest/globals';
import { train } from '../../../src/distill/train.ts';
import { meanShares } from '../../../src/distill/training/gradient-shares.ts';
import { loadBackend } from '../../../src/tensor/backend.ts';
import { testedBackend } from '../../tested-backend.ts';
import { everything, requestOf, shapesOf } from '../rig.ts';

beforeAll(async () => {
  await loadBackend(testedBackend);
});

const CLASSES = 3;
const PIXELS = 36;

describe('shares of the gradient', () => {
  it('are those of the norms by the weights, of each term alone', async () => {
    const samples = shapesOf(60, 1);
    const smoothing = 0.3;
    const { model, history } = await train(
      requestOf({
        model: ['flatten', { dense: CLASSES }],
        // The weights stay where they are.
        optimizer: { sgd: { learningRate: 1e-20 } },
        distillation: { method: 'labelSmoothing', smoothing },
        train: samples,
        epochs: 1,
      }),
    );
    const weights = model.readWeights();
    model.dispose();
    const images = Array.from({ length: samples.count }, (_, sample) =>
      Array.from({ length: PIXELS }, (__, pixel) => {
        return ((samples.pixels as Uint8Array)[sample * PIXELS + pixel] ?? 0) * samples.scale;
      }),
    );
    const p = images.map((image) => probabilities(image, weights));
    const norm = (weight: number, target: (sample: number, label: number) => number): number => {
      const slopes = p.map((row, sample) => row.map((value, label) => weight * (value - target(sample, label))));
      const byWeights = Array.from({ length: PIXELS + 1 }, (_, pixel) =>
        Array.from({ length: CLASSES }, (__, label) => {
          return slopes.reduce((sum, row, sample) => sum + (row[label] ?? 0) * (images[sample]?.[pixel] ?? 1), 0);
        }),
      );
      return Math.hypot(...byWeights.flat());
    };
    const hard = norm(1 - smoothing, (sample, label) => Number(samples.labels[sample] === label));
    const uniform = norm(smoothing, () => 1 / CLASSES);
    expect(history[0]?.['labelsGradientShare']).toBeCloseTo(hard / (hard + uniform), 5);
    expect(history[0]?.['uniformGradientShare']).toBeCloseTo(uniform / (hard + uniform), 5);
    expect(meanShares(history)).toEqual({
      labels: history[0]?.['labelsGradientShare'],
      uniform: history[0]?.['uniformGradientShare'],
    });
  });

  it('are there with every type of layer, and add up to 1', async () => {
    const teacherLogits = Float32Array.from({ length: 300 }, (_, index) => Math.sin(7 * index));
    const distillation = { method: 'dkd' };
    const { model, history } = await train(requestOf({ model: everything, distillation, teacherLogits }));
    model.dispose();
    for (const figures of history) {
      const shares = ['labels', 'targetClass', 'otherClasses'].map((name) => figures[`${name}GradientShare`] ?? NaN);
      for (const share of shares) expect(share).toBeGreaterThan(0);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
    }
  });

  it('are not measured where there is one term, or one that counts', async () => {
    const hard = await train(requestOf({ epochs: 1 }));
    hard.model.dispose();
    expect(meanShares(hard.history)).toBeUndefined();
    const alone = await train(requestOf({ distillation: { method: 'labelSmoothing', smoothing: 0 }, epochs: 1 }));
    alone.model.dispose();
    expect(meanShares(alone.history)).toBeUndefined();
  });
});

function probabilities(image: readonly number[], weights: Float32Array): number[] {
  const z = Array.from({ length: CLASSES }, (_, label) => {
    const bias = weights[PIXELS * CLASSES + label] ?? 0;
    return image.reduce((sum, value, pixel) => sum + value * (weights[pixel * CLASSES + label] ?? 0), bias);
  });
  const parts = z.map((value) => Math.exp(value - Math.max(...z)));
  return parts.map((part) => part / parts.reduce((sum, each) => sum + each, 0));
}
