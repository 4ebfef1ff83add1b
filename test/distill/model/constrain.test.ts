/** Trainings under a maximum norm give the losses and weights of Keras, after each step; natively as a graph. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { constrain } from '../../../src/distill/model/constrain.ts';
import { normalizeModel, parseLayers } from '../../../src/distill/model/layer-spec.ts';
import { buildModel } from '../../../src/distill/model/model.ts';
import { createOptimizer } from '../../../src/distill/optimizers/optimizer.ts';
import { normalizeOptimizer, parseOptimizer } from '../../../src/distill/optimizers/optimizer-spec.ts';
import { openLessons } from '../../../src/distill/training/step.ts';
import { loadBackend } from '../../../src/tensor/backend.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { testedBackend } from '../../tested-backend.ts';
import { farthest, floatsOf } from '../keras.ts';

interface Fixture {
  readonly model: JsonValue;
  readonly inputShape: readonly number[];
  readonly classes: number;
  readonly weights: string;
  readonly x: string;
  readonly labels: readonly number[];
  readonly cases: readonly {
    readonly optimizer: JsonObject;
    readonly steps: readonly { readonly loss: number; readonly weights: string }[];
  }[];
}

const fixture = JSON.parse(
  readFileSync(new URL('../../fixtures/keras/max-norm.json', import.meta.url), 'utf8'),
) as Fixture;
const { inputShape, classes, labels, cases } = fixture;
const samples = {
  ...{ count: labels.length, shape: inputShape, pixels: floatsOf(fixture.x), scale: 1 },
  ...{ labels: Uint8Array.from(labels), classes },
};
const everyone = Int32Array.from(labels, (_, index) => index);

beforeAll(async () => {
  await loadBackend(testedBackend);
});

describe('each step is as in Keras', () => {
  it.each(cases.map((entry) => [JSON.stringify(entry.optimizer), entry] as const))('%s', (_, entry) => {
    const before = tf.memory().numTensors;
    const model = buildModel(parseLayers(normalizeModel(fixture.model)), inputShape, 1);
    model.loadWeights(floatsOf(fixture.weights));
    const optimizer = createOptimizer(parseOptimizer(normalizeOptimizer(entry.optimizer)), model.trainable);
    const loss = { method: 'hardLabels' } as const;
    const lessons = openLessons({ model, optimizer, loss, seed: 1, samples, teacherLogits: undefined });
    const [rate] = Object.values(entry.optimizer) as { learningRate: number }[];
    for (const [step, expected] of entry.steps.entries()) {
      lessons.begin(step + 1);
      lessons.learn(everyone, { step, epoch: 0, epochs: 1, learningRate: rate?.learningRate ?? NaN });
      expect(lessons.means(samples.count).loss).toBeCloseTo(expected.loss, 4);
      lessons.settle();
      expect(farthest(model.readWeights(), floatsOf(expected.weights))).toBeLessThan(1e-4);
    }
    if (testedBackend === 'native') expect(openGraphs()).toBe(1);
    lessons.close();
    optimizer.dispose();
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('where the bound of the fixture is reached, and never passed', () => {
    const last = cases[0]?.steps.at(-1)?.weights ?? '';
    const kernel = floatsOf(last).subarray(0, 90);
    const norms = Array.from({ length: 5 }, (_, filter) =>
      Math.hypot(...kernel.filter((__, index) => index % 5 === filter)),
    );
    for (const norm of norms) expect(norm).toBeLessThan(0.9 + 1e-5);
    expect(norms.some((norm) => norm > 0.9 - 1e-5)).toBe(true);
  });
});

it('leaves alone a unit below the bound, and one whose weights are 0', () => {
  tf.tidy(() => {
    const weights = tf.variable(tf.tensor2d([3, 0, 0.5, 4, 0, 0.25], [2, 3]));
    constrain(weights, { maxNorm: 1 });
    const [a, b, c, d, e, f] = weights.dataSync();
    expect([a, d].map((each) => Number(each?.toFixed(5)))).toEqual([0.6, 0.8]);
    expect([b, e]).toEqual([0, 0]);
    expect([c, f].map((each) => Number(each?.toFixed(5)))).toEqual([0.5, 0.25]);
    weights.dispose();
  });
});

function openGraphs(): number {
  const { binding } = tf.backend() as unknown as { binding?: { getNumOfSavedModels(): number } };
  return binding?.getNumOfSavedModels() ?? 0;
}
