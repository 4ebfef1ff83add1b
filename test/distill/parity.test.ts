/** The same weights as in Keras give its logits, losses and gradients, on the backend under test. */
import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { batchLoss } from '../../src/distill/losses/loss.ts';
import { normalizeModel, parseLayers } from '../../src/distill/model/layer-spec.ts';
import { buildModel } from '../../src/distill/model/model.ts';
import { predictLogits } from '../../src/distill/predict.ts';
import { loadBackend } from '../../src/tensor/backend.ts';
import * as tf from '../../src/tensor/tf.ts';
import { testedBackend } from '../tested-backend.ts';
import { farthest, floatsOf, keras } from './keras.ts';

/** Of the largest number, at least of 1: what float32 may differ by. */
const TOLERANCE = 1e-4;

beforeAll(async () => {
  await loadBackend(testedBackend);
});

describe.each(keras.models)('as Keras computes it: $name', (fixture) => {
  const { inputShape, labels, modes } = fixture;
  const layers = parseLayers(normalizeModel(fixture.model));
  const teacher = floatsOf(fixture.teacher);
  const classes = teacher.length / labels.length;

  function loaded() {
    const model = buildModel(layers, inputShape, 1);
    model.loadWeights(floatsOf(fixture.weights));
    return model;
  }

  it('predicts the same logits', async () => {
    const model = loaded();
    expect(model.weights.map(({ name }) => name)).toEqual(fixture.names);
    const samples = {
      ...{ count: labels.length, shape: inputShape, pixels: floatsOf(fixture.x), scale: 1 },
      ...{ labels: Uint8Array.from(labels), classes },
    };
    const logits = await predictLogits(model, samples, { signal: new AbortController().signal });
    const predicted = modes.find(({ training }) => !training);
    expect(farthest(logits, floatsOf(predicted?.logits ?? ''))).toBeLessThanOrEqual(TOLERANCE);
    model.dispose();
  });

  it.each(modes)('has the same losses and gradients (training: $training)', (mode) => {
    for (const { loss, value, byLogits, gradients } of mode.cases) {
      const model = loaded();
      tf.tidy(() => {
        const x = tf.tensor(floatsOf(fixture.x), [labels.length, ...inputShape]);
        const targets = {
          labels: tf.tensor2d(
            labels.flatMap((label) => Array.from({ length: classes }, (_, index) => Number(index === label))),
            [labels.length, classes],
          ),
          teacherLogits: tf.tensor2d(teacher, [labels.length, classes]),
        };
        const forward = (): tf.Tensor2D =>
          model.forward(x, mode.training ? { training: true, draw: noRandomNumbers } : { training: false });
        let logits: tf.Tensor2D | undefined;
        const ours = tf.variableGrads(() => {
          logits = tf.keep(forward());
          return batchLoss(loss, logits, targets);
        }, [...model.trainable]);
        if (logits === undefined) throw new Error('no logits');
        expect(farthest(logits.dataSync(), floatsOf(mode.logits))).toBeLessThanOrEqual(TOLERANCE);
        expect(farthest(ours.value.dataSync(), [value])).toBeLessThanOrEqual(TOLERANCE);
        const slope = tf.grad((z) => batchLoss(loss, z as tf.Tensor2D, targets))(logits);
        expect(farthest(slope.dataSync(), floatsOf(byLogits), 0.01)).toBeLessThanOrEqual(TOLERANCE);
        expect(gradients).toHaveLength(model.trainable.length);
        const off = model.trainable.map((variable, index) =>
          farthest(ours.grads[variable.name]?.dataSync() ?? [], floatsOf(gradients[index] ?? ''), 0.01),
        );
        expect(Math.max(...off)).toBeLessThanOrEqual(TOLERANCE);
        logits.dispose();
      });
      expect(farthest(model.readWeights(), floatsOf(mode.weightsAfter))).toBeLessThanOrEqual(TOLERANCE);
      model.dispose();
    }
  });
});

it('compares every type of layer', () => {
  const compared = keras.models.flatMap(({ model }) => parseLayers(normalizeModel(model)).map(({ type }) => type));
  const files = readdirSync(new URL('../../src/distill/model/layers', import.meta.url));
  const types = files.map((file) => file.replace('.ts', '').replace(/-(.)/g, (_, next: string) => next.toUpperCase()));
  expect(new Set(compared)).toEqual(new Set(types.filter((type) => type !== 'registry')));
});

function noRandomNumbers(): never {
  throw new Error('a model with dropout is compared as it predicts');
}
