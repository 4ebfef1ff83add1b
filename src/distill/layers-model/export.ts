/** A model as a TensorFlow.js layers model: model.json and the shards that it names. */
import type { JsonObject } from '../../base/json.ts';
import type { Model } from '../model/model.ts';
import type { QuantizedType } from './quantize.ts';
import { layersTopology } from './topology.ts';
import { decodeWeights, encodeWeights } from './weights-manifest.ts';

export interface ExportedModel {
  readonly modelJson: JsonObject;
  /** By the names that model.json has for them. */
  readonly shards: Readonly<Record<string, Uint8Array>>;
  /** Of all shards. */
  readonly bytes: number;
  /** What a reader of the files gets, in the order of the model's weights. */
  readonly weights: Float32Array;
}

/** As TensorFlow.js' own converter cuts them: browsers keep files of this size. */
const SHARD_BYTES = 4 * 2 ** 20;

/** @param metadata for `userDefinedMetadata`, which TensorFlow.js hands on */
export function exportLayersModel(
  model: Model,
  { quantization, metadata }: { readonly quantization: QuantizedType | 'none'; readonly metadata: JsonObject },
): ExportedModel {
  const { json, renamed } = layersTopology(model.layers, model.inputShape);
  const values = model.readWeights();
  let offset = 0;
  const weights = model.weights.map(({ name, shape }) => {
    const size = shape.reduce((product, next) => product * next, 1);
    return { name: renamed.get(name) ?? name, shape, values: values.subarray(offset, (offset += size)) };
  });
  const encoded = encodeWeights(weights, quantization);
  const { entries, data } = encoded;
  const count = Math.max(1, Math.ceil(data.length / SHARD_BYTES));
  const paths = Array.from({ length: count }, (_, index) => `group1-shard${index + 1}of${count}.bin`);
  return {
    modelJson: {
      format: 'layers-model',
      generatedBy: 'distill-pipeline',
      convertedBy: null,
      modelTopology: json,
      weightsManifest: [{ paths, weights: entries }],
      userDefinedMetadata: metadata,
    },
    shards: Object.fromEntries(
      paths.map((path, index) => [path, data.subarray(index * SHARD_BYTES, (index + 1) * SHARD_BYTES)]),
    ),
    bytes: data.length,
    weights: concatenated(decodeWeights(encoded).map((weight) => weight.values)),
  };
}

function concatenated(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
