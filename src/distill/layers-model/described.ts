/** A stored model as a TensorFlow.js layers model, by its description alone: no tensor is made. */
import type { JsonObject } from '../../base/json.ts';
import { parseLayers } from '../model/layer-spec.ts';
import type { Shape } from '../model/layer-type.ts';
import { layersTopology } from './topology.ts';

export interface DescribedModel {
  /** What `loadLayersModel` takes as `modelTopology`. */
  readonly topology: JsonObject;
  /** Of one image: [height, width, channels]. */
  readonly inputShape: Shape;
  /** Entries of a weights manifest, for the bytes of weights.bin as they are. */
  readonly weights: readonly JsonObject[];
}

/** @param architecture as a model's artifact has it (src/stages/artifacts/model.ts) */
export function describedLayersModel(architecture: JsonObject): DescribedModel {
  const inputShape = architecture['inputShape'] as Shape;
  const { json, renamed } = layersTopology(parseLayers(architecture['layers'] ?? []), inputShape);
  const weights = architecture['weights'] as readonly { readonly name: string; readonly shape: Shape }[];
  return {
    topology: json,
    inputShape,
    weights: weights.map(({ name, shape }) => ({ name: renamed.get(name) ?? name, shape, dtype: 'float32' })),
  };
}
