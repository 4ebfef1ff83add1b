/** Defaults stand twice: in the schemas for editors, and in distill for models that are written without one. They are the same. */
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { JsonObject, JsonValue } from '../../src/base/json.ts';
import { fillDefaults } from '../../src/config/schema/defaults.ts';
import { inlineReferences } from '../../src/config/schema/inline-references.ts';
import { normalizeFeatures } from '../../src/distill/losses/features/feature-spec.ts';
import { normalizeDistillation } from '../../src/distill/losses/loss-spec.ts';
import { lossMethods } from '../../src/distill/losses/registry.ts';
import { normalizeModel } from '../../src/distill/model/layer-spec.ts';
import { normalizeOptimizer } from '../../src/distill/optimizers/optimizer-spec.ts';

function part(name: string): JsonObject {
  return JSON.parse(readFileSync(`schemas/parts/${name}.schema.json`, 'utf8')) as JsonObject;
}

const parts = new Map(
  ['model', 'optimizer', 'learning-rate', 'distillation'].map((name) => [`parts/${name}.schema.json`, part(name)]),
);

function schemaOf(name: string): JsonObject {
  return inlineReferences(part(name), parts);
}

const layers: JsonValue[] = [
  { dense: 10 },
  { conv2d: { filters: 3, kernelSize: [3, 3] } },
  { depthwiseConv2d: { kernelSize: [3, 3] } },
  { maxPooling2d: { strides: [2, 2] } },
  { averagePooling2d: { strides: [2, 2] } },
  { flatten: {} },
  { dropout: { rate: 0.5 } },
  { batchNormalization: {} },
  { activation: 'relu' },
  { residual: { layers: [{ flatten: {} }], shortcut: [{ flatten: {} }] } },
];

describe('layers', () => {
  test.each(layers)('%j', (layer) => {
    const normal = normalizeModel([layer]);
    // Nothing is left for the schema to add, and what it would have added is the same.
    expect(fillDefaults(schemaOf('model'), normal)).toEqual(normal);
    const [[name = '', options] = []] = (normal as JsonObject[]).map((written) => Object.entries(written)[0] ?? []);
    const written =
      typeof (layer as JsonObject)[name] === 'object' ? layer : { [name]: shorthand(name, layer as JsonObject) };
    expect(fillDefaults(schemaOf('model'), [written])).toEqual([{ [name]: options }]);
  });

  test('every layer of the schema is among them', () => {
    const { definitions } = part('model') as { definitions: { layer: { properties: JsonObject } } };
    expect(layers.flatMap((layer) => Object.keys(layer as JsonObject)).sort()).toEqual(
      Object.keys(definitions.layer.properties).sort(),
    );
  });
});

function shorthand(name: string, layer: JsonObject): JsonValue {
  return { [name === 'dense' ? 'units' : 'activation']: layer[name] ?? null };
}

test.each(['adam', 'sgd', 'rmsprop'])('the optimizer %s', (name) => {
  expect(fillDefaults(schemaOf('optimizer'), { [name]: {} })).toEqual(normalizeOptimizer(name));
});

test.each<[string, JsonObject]>([
  ['exponentialDecay', { initialLearningRate: 1, decaySteps: 1, decayRate: 1 }],
  ['cosineDecay', { initialLearningRate: 1 }],
  ['piecewiseConstantDecay', { boundaries: [1], values: [1, 2] }],
  ['linearWarmup', { warmupSteps: 1, then: 1 }],
])('the schedule %s', (name, options) => {
  const rate = { [name]: options };
  const normal = normalizeOptimizer({ sgd: { learningRate: rate } }) as { sgd: { learningRate: JsonValue } };
  expect(fillDefaults(schemaOf('learning-rate'), rate)).toEqual(normal.sgd.learningRate);
});

test('every distillation method has defaults, which the descriptions of its options name', () => {
  const { properties } = part('distillation') as { properties: Record<string, JsonObject> };
  const methods = properties['method']?.['enum'] as string[];
  expect([...lossMethods].sort()).toEqual([...methods].sort());
  const options = new Set(['method', 'features', 'hintEpochs']);
  for (const method of methods) {
    for (const [name, value] of Object.entries(normalizeDistillation(method) as JsonObject)) {
      options.add(name);
      if (name === 'method') continue;
      const words = properties[name]?.['description'];
      expect(words).toContain(method);
      expect(words).toMatch(new RegExp(`\\b${JSON.stringify(value)}\\b`));
    }
  }
  expect([...options].sort()).toEqual(Object.keys(properties).sort());
});

test('every feature loss has defaults, which the descriptions of its options name', () => {
  const { definitions } = part('distillation') as {
    definitions: { feature: { properties: Record<string, JsonObject> } };
  };
  const { properties } = definitions.feature;
  const options = new Set(['student', 'teacher']);
  for (const method of properties['method']?.['enum'] as string[]) {
    const [written] = normalizeFeatures([{ method }]) as JsonObject[];
    for (const [name, value] of Object.entries(written ?? {})) {
      options.add(name);
      const words = properties[name]?.['description'];
      expect(words).toContain(method);
      if (name !== 'method') expect(words).toMatch(new RegExp(`\\b${JSON.stringify(value)}\\b`));
    }
  }
  expect([...options].sort()).toEqual(Object.keys(properties).sort());
});
