/** Models that others wrote, and our own exports, read back: the same outputs. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { exportLayersModel } from '../../../src/distill/layers-model/export.ts';
import { importLayersModel } from '../../../src/distill/layers-model/import.ts';
import type { ImportedModel } from '../../../src/distill/layers-model/import.ts';
import { normalizeModel, parseLayers } from '../../../src/distill/model/layer-spec.ts';
import { buildModel } from '../../../src/distill/model/model.ts';
import type { Model } from '../../../src/distill/model/model.ts';
import { floatBytes } from '../../../src/distill/model/weights.ts';
import { loadBackend } from '../../../src/tensor/backend.ts';
import * as tf from '../../../src/tensor/tf.ts';

beforeAll(() => loadBackend('wasm'));

interface Case {
  readonly modelJson: JsonObject;
  readonly weights: number[];
  readonly inputs: number[];
  readonly outputs: number[];
}

const { cases } = JSON.parse(readFileSync('test/fixtures/layers-model/keras.json', 'utf8')) as {
  cases: Record<'functional' | 'sequential' | 'flat', Case>;
};

function imported({ modelJson, weights }: Case, imageShape?: readonly number[]): ImportedModel {
  return importLayersModel(modelJson, floatBytes(Float32Array.from(weights)), imageShape);
}

function outputsOf(model: Model, inputs: ArrayLike<number>, softmax = false): number[] {
  return tf.tidy(() => {
    const logits = model.forward(tf.tensor(Float32Array.from(inputs), [3, ...model.inputShape]));
    return [...(softmax ? tf.softmax(logits) : logits).dataSync<'float32'>()];
  });
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, index) => {
    expect(value).toBeCloseTo(expected[index] ?? NaN, 5);
  });
}

describe('models of Keras', () => {
  test('with residual blocks, global pooling and a softmax at the end, which is left out', () => {
    const { model, softmaxDropped } = imported(cases.functional);
    expect(softmaxDropped).toBe(true);
    expect(model.layers.map(({ type }) => type)).toEqual([
      ...['conv2d', 'residual', 'activation', 'residual', 'activation'],
      ...['averagePooling2d', 'flatten', 'dropout', 'dense'],
    ]);
    expectClose(outputsOf(model, cases.functional.inputs, true), cases.functional.outputs);
    model.dispose();
  });

  test('that take images without channels', () => {
    const { model, softmaxDropped } = imported(cases.sequential);
    expect(softmaxDropped).toBe(false);
    expect(model.inputShape).toEqual([6, 6, 1]);
    expectClose(outputsOf(model, cases.sequential.inputs), cases.sequential.outputs);
    model.dispose();
  });

  test('that take a list of numbers, with the shape of an image', () => {
    const { model } = imported(cases.flat, [2, 3, 2]);
    expectClose(outputsOf(model, cases.flat.inputs, true), cases.flat.outputs);
    model.dispose();
    expect(() => imported(cases.sequential, [3, 12, 1])).toThrow('takes images of [6, 6, 1], and `inputShape` says');
    expect(() => imported(cases.flat)).toThrow('takes [12], and models here take images');
    expect(() => imported(cases.flat, [3, 3, 1])).toThrow('takes [12]');
  });
});

test.each(['none', 'uint8', 'uint16'] as const)('an export is read as what it says, %s', (quantization) => {
  const layers: JsonValue = [
    {
      residual: {
        layers: [{ conv2d: { filters: 4, kernelSize: 3, padding: 'same', strides: 2 } }, 'batchNormalization'],
      },
    },
    {
      residual: {
        layers: [{ depthwiseConv2d: 3 }, { conv2d: { filters: 4, kernelSize: 1 } }],
        shortcut: [{ conv2d: { filters: 4, kernelSize: 3, activation: 'leakyRelu' } }],
        activation: 'selu',
      },
    },
    'flatten',
    { dense: { units: 6, activation: 'leakyRelu' } },
    { residual: { layers: [{ dense: 5 }] } },
    { dense: 3 },
  ];
  const model = buildModel(parseLayers(normalizeModel(layers)), [7, 8, 2], 4);
  const exported = exportLayersModel(model, { quantization, metadata: {} });
  const json = JSON.parse(JSON.stringify(exported.modelJson)) as JsonObject;
  const back = importLayersModel(json, Buffer.concat(Object.values(exported.shards))).model;
  model.loadWeights(exported.weights);
  const inputs = Float32Array.from({ length: 3 * 112 }, (_, index) => Math.sin(index));
  expectClose(outputsOf(back, inputs), outputsOf(model, inputs));
  expect(back.parameters).toBe(model.parameters);
  const again = exportLayersModel(back, { quantization: 'none', metadata: {} });
  expect(again.weights).toEqual(exported.weights);
  model.dispose();
  back.dispose();
});

describe('what cannot be read says which layer it is', () => {
  const layer = (className: string, config: JsonObject = {}): JsonObject => ({
    class_name: className,
    config: { name: 'odd', ...config },
  });
  const read =
    (...layers: JsonObject[]) =>
    () => {
      const entry = { class_name: 'InputLayer', config: { batch_input_shape: [null, 6, 6, 1], name: 'in' } };
      const modelTopology = { class_name: 'Sequential', config: { layers: [entry, ...layers] } };
      return importLayersModel({ modelTopology, weightsManifest: [] }, new Uint8Array());
    };

  test.each<[JsonObject, string]>([
    [layer('LSTM'), 'has a layer odd of the class LSTM, which this program does not have'],
    [layer('Dense', { units: 3, activation: 'mish' }), 'has a layer odd (Dense) whose activation is "mish"'],
    [
      layer('Conv2D', { filters: 2, kernel_size: 3, data_format: 'channels_first' }),
      'whose data_format is "channels_first"',
    ],
    [layer('Conv2D', { filters: 2, kernel_size: 3, groups: 2 }), 'whose groups is 2'],
    [layer('BatchNormalization', { axis: [1] }), 'whose axis is [1]'],
    [layer('LeakyReLU', { negative_slope: 0.3 }), 'whose negative_slope is 0.3'],
    [layer('LeakyReLU'), 'whose alpha is 0.3'],
    [layer('Reshape', { target_shape: [4, 9] }), 'whose target_shape is [4,9]'],
    [layer('Dense', { units: 3 }), 'becomes a model that cannot be (layer 1): dense needs [inputs]'],
  ])('%j', (odd, message) => {
    expect(read(odd)).toThrow(message);
  });

  test('weights that are not there, or of another shape, or cut short', () => {
    expect(read(layer('Flatten'), { class_name: 'Dense', config: { name: 'end', units: 3 } })).toThrow(
      'has no weight end/kernel',
    );
    const { modelJson, weights } = cases.sequential;
    const bytes = floatBytes(Float32Array.from(weights));
    expect(() => importLayersModel(modelJson, bytes.subarray(4))).toThrow(
      /the weights end within dense_1\/bias|weights end within/,
    );
    expect(() => importLayersModel(modelJson, Buffer.concat([bytes, bytes]))).toThrow(/are listed$/);
  });

  test('ways that meet in something else than a sum', () => {
    const node = (className: string, name: string, ...inputs: string[]): JsonObject => ({
      ...{ class_name: className, name, config: { name, units: 3, batch_input_shape: [null, 3, 1, 1] } },
      inbound_nodes: inputs.length === 0 ? [] : [inputs.map((input) => [input, 0, 0, {}])],
    });
    const layers = [
      node('InputLayer', 'in'),
      node('Flatten', 'flat', 'in'),
      node('Dense', 'a', 'flat'),
      node('Multiply', 'b', 'a', 'flat'),
    ];
    const config = { layers, input_layers: [['in', 0, 0]], output_layers: [['b', 0, 0]] };
    const json = { modelTopology: { class_name: 'Functional', config }, weightsManifest: [] };
    expect(() => importLayersModel(json, new Uint8Array())).toThrow(/Multiply|parts into several ways/);
  });

  test('graph models, and what is no model at all', () => {
    expect(() => importLayersModel({ format: 'graph-model' }, new Uint8Array())).toThrow('is a graph model');
    expect(() => importLayersModel([], new Uint8Array())).toThrow('is no model.json');
    expect(() => importLayersModel({ weightsManifest: [] }, new Uint8Array())).toThrow('a model of the class null');
  });
});
