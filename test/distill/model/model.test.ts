import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonValue } from '../../../src/base/json.ts';
import { activate } from '../../../src/distill/model/activations.ts';
import type { ActivationName } from '../../../src/distill/model/activations.ts';
import { normalizeModel, parseLayers } from '../../../src/distill/model/layer-spec.ts';
import type { LayerSpec } from '../../../src/distill/model/layer-spec.ts';
import type { Shape } from '../../../src/distill/model/layer-type.ts';
import { buildModel, loadModel, serializeModel } from '../../../src/distill/model/model.ts';
import type { Model } from '../../../src/distill/model/model.ts';
import { inferShapes } from '../../../src/distill/model/shapes.ts';
import { loadBackend } from '../../../src/tensor/backend.ts';
import { generator } from '../../../src/tensor/random.ts';
import { drawing } from '../drawing.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { expectClose, golden, tensorOf } from '../golden.ts';
import type { Numbers } from '../golden.ts';
import { testedBackend } from '../../tested-backend.ts';

const models: Model[] = [];

beforeAll(async () => {
  await loadBackend(testedBackend);
});

afterAll(() => {
  for (const model of models) model.dispose();
  expect(tf.memory().numTensors).toBe(0);
});

describe('a layer gives what Keras gives', () => {
  it.each(golden.layers.map((entry) => [JSON.stringify(entry.layer), entry] as const))('%s', (_, entry) => {
    const inputShape = entry.x.shape.slice(1);
    // Any shape may follow from one layer alone; a whole model ends in logits.
    const layers = read([entry.layer, 'flatten']);
    const model = build(layers, inputShape);
    expect(model.parameters).toBe(entry.parameters);
    expect(inferShapes(layers, inputShape).shapes[0]).toEqual(entry.y.shape.slice(1));
    fill(model, entry.weights);
    expectClose(
      tf.tidy(() => model.forward(tensorOf(entry.x)).dataSync()),
      entry.y.values,
    );
  });
});

describe('a layer is trained through: its slope along some direction is that of finite differences', () => {
  const along = (shape: readonly number[], seed: number): tf.Tensor => {
    const values = new Float32Array(shape.reduce((size, next) => size * next, 1));
    generator(seed, 'direction').fillNormal(values, 0, 1);
    return tf.tensor(values, [...shape]);
  };
  it.each(golden.layers.map((entry) => [JSON.stringify(entry.layer), entry] as const))('%s', (_, entry) => {
    const model = build(read([entry.layer, 'flatten']), entry.x.shape.slice(1));
    fill(model, entry.weights);
    tf.tidy(() => {
      const draw = drawing((layer) => generator(1, 'dropout', layer));
      const total = (x: tf.Tensor): tf.Scalar => {
        const y = model.forward(x, { training: true, draw });
        return tf.sum(tf.mul(y, along(y.shape, 2)));
      };
      const x = tensorOf(entry.x);
      const directions = model.trainable.map((variable, index) => along(variable.shape, 3 + index));
      const start = model.trainable.map((variable) => variable.clone());
      const direction = along(x.shape, 1);
      const at = (distance: number): number => {
        for (const [index, variable] of model.trainable.entries()) {
          variable.assign(tf.add(start[index] ?? 0, tf.mul(directions[index] ?? 0, distance)));
        }
        return total(tf.add(x, tf.mul(direction, distance))).dataSync()[0] ?? NaN;
      };
      // Small, because ReLU and maxima have corners; not smaller, because of float32.
      const step = 2e-4;
      const difference = (at(step) - at(-step)) / (2 * step);
      at(0);
      let slope = tf.sum(tf.mul(tf.grad(total)(x), direction)).dataSync()[0] ?? NaN;
      if (model.trainable.length > 0) {
        const { grads } = tf.variableGrads(() => total(x), [...model.trainable]);
        for (const [index, variable] of model.trainable.entries()) {
          const gradient = grads[variable.name] ?? tf.scalar(NaN);
          expect(gradient.shape).toEqual(variable.shape);
          slope += tf.sum(tf.mul(gradient, directions[index] ?? 0)).dataSync()[0] ?? NaN;
        }
      }
      expect(Math.abs(slope - difference)).toBeLessThan(0.02 * Math.abs(difference) + 0.1);
    });
  });
});

describe('activations and their gradients on WASM are those of Keras', () => {
  const { x, weights, cases } = golden.activations;
  it.each(Object.entries(cases))('%s', (name, { y, gradient }) => {
    tf.tidy(() => {
      const apply = (z: tf.Tensor): tf.Tensor => activate(tf, name as ActivationName, z);
      expectClose(apply(tensorOf(x)).dataSync(), y.values, 1e-6);
      const slope = tf.grad((z) => tf.sum(tf.mul(apply(z), tensorOf(weights))))(tensorOf(x));
      expectClose(slope.dataSync(), gradient.values, 1e-5);
    });
  });
});

describe('a model', () => {
  const layers = read([
    { conv2d: { filters: 3, kernelSize: 3 } },
    'batchNormalization',
    'flatten',
    { dense: { units: 6, name: 'hidden' } },
    { dropout: 0.5 },
    { dense: 6 },
    { dense: 4 },
  ]);

  it('has the names of Keras', () => {
    expect(build(layers, [5, 5, 2]).weights.map(({ name }) => name)).toEqual([
      'conv2d/kernel',
      'conv2d/bias',
      'batch_normalization/gamma',
      'batch_normalization/beta',
      'batch_normalization/moving_mean',
      'batch_normalization/moving_variance',
      'hidden/kernel',
      'hidden/bias',
      'dense/kernel',
      'dense/bias',
      'dense_1/kernel',
      'dense_1/bias',
    ]);
  });

  it('begins as its seed and its layers say', () => {
    const weights = (seed: number, of = layers): number[] => [...build(of, [5, 5, 2], seed).readWeights()];
    expect(weights(1)).toEqual(weights(1));
    expect(weights(1)).not.toEqual(weights(2));
    const kernels = build(read(['flatten', { dense: 4 }, { dense: 4 }]), [4], 1).weights.filter(
      ({ shape }) => shape.length === 2,
    );
    const [first, second] = kernels.map(({ variable }) => [...variable.dataSync()]);
    expect(first).not.toEqual(second);
  });

  it('survives its files, whatever follows', () => {
    const model = build(layers, [5, 5, 2], 3);
    const { architecture, weights } = serializeModel(model);
    expect(weights.length).toBe(4 * model.parameters);
    const shifted = new Uint8Array(weights.length + 1);
    shifted.set(weights, 1);
    const again = loadModel(JSON.parse(JSON.stringify(architecture)) as typeof architecture, shifted.subarray(1));
    models.push(again);
    const logits = (of: Model): number[] => tf.tidy(() => [...of.forward(tf.ones([2, 5, 5, 2])).dataSync()]);
    expect([...again.readWeights()]).toEqual([...model.readWeights()]);
    expect(logits(again)).toEqual(logits(model));
    expect(serializeModel(again)).toEqual(serializeModel(model));
    expect(() => loadModel(architecture, weights.subarray(4))).toThrow('bytes');
  });

  it('refuses what planning should have refused', () => {
    expect(() => buildModel(read([{ dense: 3 }]), [2, 2, 1], 1)).toThrow('layer 1: dense needs [inputs]');
  });
});

describe('dropout', () => {
  const model = (): Model => build(read([{ dropout: 0.25 }]), [4000]);
  const run = (step: number, of: Model): number[] => {
    const draw = drawing((layer) => generator(1, 'dropout', layer, step));
    return tf.tidy(() => [...of.forward(tf.ones([2, 4000]), { training: true, draw }).dataSync()]);
  };

  it('drops its rate, and keeps the mean', () => {
    const values = run(0, model());
    expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
    expect(values.filter((value) => value === 0).length / values.length).toBeCloseTo(0.25, 1);
    expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(1, 1);
  });

  it('draws anew at each step, each sample apart, and the same again for the same step', () => {
    const dropped = model();
    const values = run(0, dropped);
    expect(run(0, dropped)).toEqual(values);
    expect(run(1, dropped)).not.toEqual(values);
    expect(values.slice(0, 4000)).not.toEqual(values.slice(4000));
  });

  it('draws nothing when predicting', () => {
    const values = tf.tidy(() =>
      model()
        .forward(tf.ones([1, 4000]))
        .dataSync(),
    );
    expect(new Set(values)).toEqual(new Set([1]));
  });
});

function read(model: JsonValue[]): readonly LayerSpec[] {
  return parseLayers(normalizeModel(model));
}

function build(layers: readonly LayerSpec[], inputShape: Shape, seed = 1): Model {
  const model = buildModel(layers, inputShape, seed);
  models.push(model);
  return model;
}

/** Keras numbers its layers over all models of the script: the last part of a name has to do. */
function fill(model: Model, weights: Readonly<Record<string, Numbers>>): void {
  const numbers = Object.entries(weights).map(([name, { shape, values }]) => ({
    name: name.split('/').at(-1),
    shape,
    values,
  }));
  expect(model.weights.map(({ name, shape }) => ({ name: name.split('/').at(-1), shape }))).toEqual(
    numbers.map(({ name, shape }) => ({ name, shape })),
  );
  model.loadWeights(Float32Array.from(numbers.flatMap(({ values }) => values)));
}
