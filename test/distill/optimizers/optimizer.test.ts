import { beforeAll, describe, expect, it } from '@jest/globals';
import { batchLoss } from '../../../src/distill/losses/loss.ts';
import { normalizeModel, parseLayers } from '../../../src/distill/model/layer-spec.ts';
import { buildModel } from '../../../src/distill/model/model.ts';
import { createOptimizer } from '../../../src/distill/optimizers/optimizer.ts';
import { rateAt } from '../../../src/distill/optimizers/learning-rate.ts';
import { normalizeOptimizer, parseOptimizer } from '../../../src/distill/optimizers/optimizer-spec.ts';
import { loadBackend } from '../../../src/tensor/backend.ts';
import { generator } from '../../../src/tensor/random.ts';
import { drawing } from '../drawing.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { expectClose, golden, tensorOf } from '../golden.ts';
import { testedBackend } from '../../tested-backend.ts';

const { x, labels, weights, parameters, logits, cases } = golden.training;

const layers = parseLayers(
  normalizeModel([
    { conv2d: { filters: 4, kernelSize: 3, padding: 'same', activation: 'relu' } },
    { maxPooling2d: 2 },
    { conv2d: { filters: 3, kernelSize: 2 } },
    { batchNormalization: { momentum: 0.9 } },
    { activation: 'relu' },
    { averagePooling2d: 2 },
    'flatten',
    { dense: { units: 6, activation: 'tanh' } },
    { dense: 4 },
  ]),
);

beforeAll(async () => {
  await loadBackend(testedBackend);
});

it('the model of the fixture predicts what it predicts in Keras', () => {
  const model = fixtureModel();
  expect(model.parameters).toBe(parameters);
  expectClose(
    tf.tidy(() => model.forward(tensorOf(x)).dataSync()),
    logits.values,
  );
  model.dispose();
});

describe('three steps, batch normalisation among them, give the losses and weights of Keras', () => {
  it.each(cases.map((entry) => [JSON.stringify(entry.optimizer), entry] as const))('%s', (_, entry) => {
    const model = fixtureModel();
    const spec = parseOptimizer(normalizeOptimizer(entry.optimizer));
    const optimizer = createOptimizer(spec, model.trainable);
    const losses = entry.losses.map((__, step) =>
      tf.tidy(() => {
        const draw = drawing((layer) => generator(1, layer, step));
        const oneHot = tf.oneHot(tf.tensor1d([...labels], 'int32'), 4);
        const targets = { labels: tf.cast(oneHot, 'float32') as tf.Tensor2D };
        const forward = () =>
          batchLoss({ method: 'hardLabels' }, model.forward(tensorOf(x), { training: true, draw }), targets);
        const { value, grads } = tf.variableGrads(forward, [...model.trainable]);
        optimizer.apply(grads, { step, learningRate: rateAt(spec.learningRate, step, 3) });
        return value.dataSync()[0] ?? NaN;
      }),
    );
    expectClose(losses, entry.losses, 1e-5);
    for (const { name, variable } of model.weights) {
      // Adam magnifies the last bits of gradients near 0, which differ more where another library has summed.
      expectClose(variable.dataSync(), entry.weights[name]?.values ?? [], testedBackend === 'wasm' ? 5e-5 : 2e-4);
    }
    model.dispose();
    optimizer.dispose();
    expect(tf.memory().numTensors).toBe(0);
  });
});

function fixtureModel() {
  const model = buildModel(layers, x.shape.slice(1), 1);
  model.loadWeights(Float32Array.from(model.weights.flatMap(({ name }) => weights[name]?.values ?? [])));
  return model;
}
