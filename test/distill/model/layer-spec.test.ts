import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { describeLayers, normalizeModel, parseLayers } from '../../../src/distill/model/layer-spec.ts';

const dense = {
  units: 10,
  activation: 'linear',
  useBias: true,
  kernelInitializer: 'glorotUniform',
  biasInitializer: 'zeros',
};

describe('normalizeModel', () => {
  it.each([
    ['flatten', { flatten: {} }],
    [{ flatten: null }, { flatten: {} }],
    [{ dense: 10 }, { dense }],
    [{ dropout: 0.3 }, { dropout: { rate: 0.3 } }],
    [{ activation: 'relu' }, { activation: { activation: 'relu' } }],
    [{ maxPooling2d: 2 }, { maxPooling2d: { poolSize: [2, 2], strides: [2, 2], padding: 'valid' } }],
    [{ averagePooling2d: [2, 3] }, { averagePooling2d: { poolSize: [2, 3], strides: [2, 3], padding: 'valid' } }],
    ['maxPooling2d', { maxPooling2d: { poolSize: [2, 2], strides: [2, 2], padding: 'valid' } }],
    [
      { maxPooling2d: { poolSize: 3, strides: 2, padding: 'same' } },
      { maxPooling2d: { poolSize: [3, 3], strides: [2, 2], padding: 'same' } },
    ],
    [
      { residual: { layers: ['flatten', { dense: 10 }], shortcut: ['flatten'] } },
      { residual: { activation: 'linear', layers: [{ flatten: {} }, { dense }], shortcut: [{ flatten: {} }] } },
    ],
    [
      { depthwiseConv2d: 3 },
      {
        depthwiseConv2d: {
          kernelSize: [3, 3],
          strides: [1, 1],
          padding: 'valid',
          depthMultiplier: 1,
          dilationRate: [1, 1],
          activation: 'linear',
          useBias: true,
          depthwiseInitializer: 'glorotUniform',
          biasInitializer: 'zeros',
        },
      },
    ],
    ['batchNormalization', { batchNormalization: { momentum: 0.99, epsilon: 1e-3, center: true, scale: true } }],
    [
      { conv2d: { filters: 32, kernelSize: 3, name: 'first' } },
      {
        conv2d: {
          filters: 32,
          kernelSize: [3, 3],
          strides: [1, 1],
          padding: 'valid',
          dilationRate: [1, 1],
          activation: 'linear',
          useBias: true,
          kernelInitializer: 'glorotUniform',
          biasInitializer: 'zeros',
          name: 'first',
        },
      },
    ],
  ])('writes %j out, once', (layer, expected) => {
    expect(normalizeModel([layer])).toEqual([expected]);
    expect(normalizeModel([expected])).toEqual([expected]);
  });

  it.each(['flaten', { dense: 10, flatten: null }, { dense: [1] }, {}, 3, { flatten: 2 }, null])(
    'does not throw for %j, which the schema refuses',
    (layer) => {
      expect(() => normalizeModel([layer])).not.toThrow();
    },
  );
});

it('parses what it normalised, and describes it again', () => {
  const model = normalizeModel(['flatten', { dense: 10 }]);
  const layers = parseLayers(model);
  expect(layers).toEqual([{ type: 'flatten' }, { type: 'dense', ...dense }]);
  expect(describeLayers(layers)).toEqual(model);
});

it('knows each layer of its folder', async () => {
  const folder = new URL('../../../src/distill/model/layers/', import.meta.url);
  const files = readdirSync(folder).filter((file) => file !== 'registry.ts');
  const names = files.map((file) =>
    file.replace('.ts', '').replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
  );
  expect(names.length).toBeGreaterThan(7);
  for (const name of names) {
    // A type that is not known stays as it is.
    expect(normalizeModel([name])).not.toEqual([name]);
  }
});
