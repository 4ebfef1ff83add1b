/** Exported models beside ours: the stock TensorFlow.js loads the files and gives the same logits. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import type { JsonValue } from '../../../src/base/json.ts';
import { exportLayersModel } from '../../../src/distill/layers-model/export.ts';
import type { ExportedModel } from '../../../src/distill/layers-model/export.ts';
import { dequantize, quantize } from '../../../src/distill/layers-model/quantize.ts';
import { normalizeModel, parseLayers } from '../../../src/distill/model/layer-spec.ts';
import { buildModel } from '../../../src/distill/model/model.ts';
import type { Model } from '../../../src/distill/model/model.ts';
import { loadBackend } from '../../../src/tensor/backend.ts';
import { generator } from '../../../src/tensor/random.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { temporaryFolder } from '../../base/temporary-folder.ts';

beforeAll(() => loadBackend('wasm'));

const shape = [7, 6, 2];
const random = generator(3, 'export');
const draw = (count: number): Float32Array =>
  Float32Array.from({ length: count }, () => (random.uint32() / 2 ** 32) * 2 - 1);
const inputs = draw(4 * 84);

/** With every weight drawn anew: moving statistics, too, are not what they begin with. */
function modelOf(layers: JsonValue): Model {
  const model = buildModel(parseLayers(normalizeModel(layers)), shape, 5);
  const values = model.weights.flatMap(({ name, shape: size }) => {
    const drawn = draw(size.reduce((product, next) => product * next, 1));
    return [...(name.endsWith('variance') ? drawn.map((value) => 0.5 + Math.abs(value)) : drawn)];
  });
  model.loadWeights(Float32Array.from(values));
  return model;
}

function logitsOf(model: Model): number[] {
  return tf.tidy(() => [...model.forward(tf.tensor(inputs, [4, ...shape])).dataSync<'float32'>()]);
}

async function stockLogits({ modelJson, shards }: ExportedModel): Promise<number[]> {
  const folder = temporaryFolder();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'model.json'), JSON.stringify(modelJson));
  for (const [path, bytes] of Object.entries(shards)) writeFileSync(join(folder, path), bytes);
  const input = JSON.stringify({ folder, shape: [4, ...shape], values: [...inputs] });
  const args = ['--import', 'tsx', join(import.meta.dirname, 'stock.ts')];
  const { stdout } = await execa(process.execPath, args, { input });
  return JSON.parse(stdout) as number[];
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  const largest = Math.max(...expected.map(Math.abs));
  const difference = Math.max(...actual.map((value, index) => Math.abs(value - (expected[index] ?? NaN))));
  expect(difference / largest).toBeLessThan(1e-5);
}

const activations = [
  'relu',
  'relu6',
  'leakyRelu',
  'elu',
  'selu',
  'gelu',
  'sigmoid',
  'tanh',
  'softmax',
  'softplus',
  'swish',
];

const models: Record<string, JsonValue> = {
  'every layer of a chain': [
    { conv2d: { filters: 4, kernelSize: [3, 2], padding: 'same', strides: [1, 2], activation: 'relu' } },
    'batchNormalization',
    { depthwiseConv2d: { kernelSize: 3, padding: 'same', depthMultiplier: 2, activation: 'leakyRelu' } },
    { batchNormalization: { center: false, scale: false, epsilon: 0.01 } },
    { conv2d: { filters: 3, kernelSize: 2, dilationRate: [2, 1], useBias: false, activation: 'leakyRelu' } },
    { maxPooling2d: { poolSize: [2, 1], strides: 1, padding: 'same' } },
    { averagePooling2d: { poolSize: 2, strides: [2, 1] } },
    { activation: 'leakyRelu' },
    { dropout: 0.4 },
    'flatten',
    { dense: { units: 9, activation: 'tanh', useBias: false } },
    { dense: { units: 5, name: 'end' } },
  ],
  'every activation': [
    'flatten',
    ...activations.flatMap((activation) => [{ dense: { units: 8, activation } }, { activation }]),
    { dense: 5 },
  ],
  'residual blocks': [
    { residual: { layers: [{ conv2d: { filters: 2, kernelSize: 3, padding: 'same' } }], activation: 'relu' } },
    {
      residual: {
        layers: [
          { conv2d: { filters: 4, kernelSize: 3, padding: 'same', strides: 2, activation: 'relu' } },
          'batchNormalization',
        ],
      },
    },
    {
      residual: {
        name: 'around',
        layers: [{ conv2d: { filters: 3, kernelSize: 3, padding: 'same' } }],
        shortcut: [{ conv2d: { filters: 3, kernelSize: 1, activation: 'leakyRelu' } }],
        activation: 'leakyRelu',
      },
    },
    'flatten',
    { residual: { layers: [{ dense: { units: 6, activation: 'sigmoid' } }], activation: 'gelu' } },
    { dense: 5 },
  ],
};

describe('the stock TensorFlow.js', () => {
  test.each(Object.keys(models))('gives the same logits: %s', async (name) => {
    const model = modelOf(models[name] ?? []);
    const exported = exportLayersModel(model, { quantization: 'none', metadata: {} });
    expect(exported.weights).toEqual(model.readWeights());
    expectClose(await stockLogits(exported), logitsOf(model));
    model.dispose();
  });

  test.each(['uint8', 'uint16'] as const)('reads %s as we say that it does', async (quantization) => {
    const model = modelOf(models['residual blocks'] ?? []);
    const before = model.readWeights();
    const exported = exportLayersModel(model, { quantization, metadata: {} });
    model.loadWeights(exported.weights);
    expectClose(await stockLogits(exported), logitsOf(model));
    expect(exported.weights).not.toEqual(before);
    const share = exported.bytes / (4 * before.length);
    expect(share).toBeLessThan(quantization === 'uint8' ? 0.4 : 0.6);
    model.dispose();
  });
});

test('large models are cut into shards of 4 MiB', async () => {
  const model = modelOf(['flatten', { dense: 15_000 }, { dense: 5 }]);
  const exported = exportLayersModel(model, { quantization: 'none', metadata: {} });
  expect(Object.entries(exported.shards).map(([path, { length }]) => [path, length])).toEqual([
    ['group1-shard1of2.bin', 4_194_304],
    ['group1-shard2of2.bin', exported.bytes - 4_194_304],
  ]);
  expectClose(await stockLogits(exported), logitsOf(model));
  model.dispose();
});

describe('quantisation', () => {
  test.each(['uint8', 'uint16'] as const)('%s is off by half a step at most, and 0 stays 0', (dtype) => {
    for (const values of [
      draw(1000),
      draw(1000).map((value) => value * 3 + 2),
      draw(50).map((value) => -Math.abs(value)),
      Float32Array.of(0, 1e-9, 7),
    ]) {
      values[0] = 0;
      const quantized = quantize(values, dtype);
      const back = dequantize(quantized);
      expect(back[0]).toBe(0);
      back.forEach((value, index) => {
        expect(Math.abs(value - (values[index] ?? NaN))).toBeLessThanOrEqual(quantized.scale * 0.501);
      });
    }
  });

  test('weights that are all the same stay exact', () => {
    expect(dequantize(quantize(Float32Array.of(0.3, 0.3), 'uint8'))).toEqual(Float32Array.of(0.3, 0.3));
    expect(quantize(new Float32Array(), 'uint8').values.length).toBe(0);
  });
});
