/**
 * Models as they are written in YAML: a list of layers with Keras' names and defaults, in camel case.
 *
 *   [flatten, { dense: { units: 512, activation: sigmoid } }, { dropout: 0.3 }, { dense: 10 }]
 *
 * Nothing here loads TensorFlow: planning reads models, too.
 */
import { isJsonObject } from '../../base/json.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { findLayerType } from './layers/registry.ts';
import type { LayerSpec } from './layers/registry.ts';

export type { LayerSpec } from './layers/registry.ts';

/**
 * Shorthands and defaults written out, so that equal models are equal as JSON: `dense: 10` becomes
 * `dense: { units: 10, activation: linear, … }`, `flatten` becomes `flatten: {}`. Normal again gives the same.
 *
 * Expects what the schema accepts; what it does not understand it leaves as it is.
 */
export function normalizeModel(model: JsonValue): JsonValue {
  return Array.isArray(model) ? model.map((layer: JsonValue) => normalizeLayer(layer)) : model;
}

/** @param model of {@link normalizeModel}, accepted by the schema */
export function parseLayers(model: JsonValue): readonly LayerSpec[] {
  if (!Array.isArray(model)) throw new Error('a model is a list of layers');
  return model.map((layer: JsonValue) => {
    const [type, options] = Object.entries(layer as JsonObject)[0] ?? [''];
    return { ...(options as JsonObject), type } as unknown as LayerSpec;
  });
}

/** The other way round from {@link parseLayers}. */
export function describeLayers(layers: readonly LayerSpec[]): readonly JsonObject[] {
  return layers.map(({ type, ...options }) => ({ [type]: options }));
}

function normalizeLayer(layer: JsonValue): JsonValue {
  if (typeof layer === 'string') return normalizeLayer({ [layer]: null });
  if (!isJsonObject(layer)) return layer;
  const [entry, ...others] = Object.entries(layer);
  if (entry === undefined || others.length > 0) return layer;
  const [name, given] = entry;
  const type = findLayerType(name);
  if (type === undefined) return layer;
  const options = asOptions(given, type.shorthand);
  if (options === undefined) return layer;
  const lists = Object.entries(options).filter(([option]) => type.inner?.includes(option) === true);
  const inner = Object.fromEntries(lists.map(([option, layers]) => [option, normalizeModel(layers)]));
  const whole: JsonObject = { ...type.defaults, ...options, ...inner };
  return { [name]: type.writeOut?.(whole) ?? whole };
}

function asOptions(given: JsonValue, shorthand: string | undefined): JsonObject | undefined {
  if (given === null) return {};
  if (isJsonObject(given)) return given;
  return shorthand === undefined ? undefined : { [shorthand]: given };
}
