/** A TensorFlow.js layers model, as Keras' converter, TensorFlow.js or this program wrote it, as a model of ours. */
import { isJsonObject } from '../../base/json.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { normalizeModel, parseLayers } from '../model/layer-spec.ts';
import type { Shape } from '../model/layer-type.ts';
import { buildModel } from '../model/model.ts';
import type { Model } from '../model/model.ts';
import { placeLayers } from '../model/placed-layers.ts';
import { inferShapes } from '../model/shapes.ts';
import { ImportProblem } from './import-problem.ts';
import { readLayers } from './read-layers.ts';
import { readTopology } from './read-topology.ts';
import { decodeWeights } from './weights-manifest.ts';
import type { NamedWeight } from './weights-manifest.ts';

export interface ImportedModel {
  /** The caller disposes of it. */
  readonly model: Model;
  /** A softmax at the end was left out: models here give logits. */
  readonly softmaxDropped: boolean;
}

/** The files with weights that a model.json names, in their order. @throws ImportProblem */
export function shardPaths(modelJson: JsonValue): readonly string[] {
  return manifestOf(modelJson).flatMap(({ paths }) => paths);
}

/**
 * @param data all shards one after the other
 * @param imageShape what the model shall take where it takes a list of numbers
 * @throws ImportProblem
 */
export function importLayersModel(modelJson: JsonValue, data: Uint8Array, imageShape?: Shape): ImportedModel {
  const entries = manifestOf(modelJson).flatMap(({ weights }) => weights);
  const topology = readTopology(isJsonObject(modelJson) ? modelJson['modelTopology'] : undefined);
  const { inputShape, flattens } = imageInput(topology.inputShape, imageShape);
  const read = readLayers(flattens ? topology : { ...topology, inputShape });
  const { layers, softmaxDropped } = withoutSoftmax(flattens ? [{ flatten: {} }, ...read] : read);
  const specs = parseLayers(normalizeModel(layers));
  const [problem] = inferShapes(specs, inputShape).problems;
  if (problem !== undefined) {
    const place = placeLayers(specs)[problem.layer];
    throw new ImportProblem(
      `becomes a model that cannot be (${place?.label ?? 'layer'}): ${problem.message}`,
      problem.hint,
    );
  }
  const model = buildModel(specs, inputShape, 0);
  try {
    model.loadWeights(inOrder(model, decodeWeights({ entries, data })));
    return { model, softmaxDropped };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

interface Manifest {
  readonly paths: readonly string[];
  readonly weights: readonly JsonObject[];
}

function manifestOf(modelJson: JsonValue): readonly Manifest[] {
  const { format, weightsManifest } = isJsonObject(modelJson) ? modelJson : {};
  if (format === 'graph-model') {
    const hint = 'convert the Keras model to a layers model, or give its logits to import-soft-labels';
    throw new ImportProblem('is a graph model, which has operations and no layers', hint);
  }
  const groups: readonly JsonValue[] = Array.isArray(weightsManifest) ? weightsManifest : [null];
  return groups.map((group) => {
    if (isJsonObject(group) && Array.isArray(group['paths']) && Array.isArray(group['weights'])) {
      return group as unknown as Manifest;
    }
    throw new ImportProblem('is no model.json of TensorFlow.js: it has no weightsManifest with paths and weights');
  });
}

/** Images are [height, width, channels]; a model may take them without channels, or as a list of numbers. */
function imageInput(
  shape: Shape,
  imageShape: Shape | undefined,
): { readonly inputShape: Shape; readonly flattens: boolean } {
  const [height = 0, width = 0, channels = 1] = shape;
  if (shape.length === 3 || shape.length === 2) {
    const inputShape = [height, width, channels];
    if (imageShape === undefined || imageShape.join() === inputShape.join()) return { inputShape, flattens: false };
    const message = `takes images of [${inputShape.join(', ')}], and \`inputShape\` says [${imageShape.join(', ')}]`;
    throw new ImportProblem(message, 'leave `inputShape` out: it is for models that take a list of numbers');
  }
  const size = imageShape?.reduce((product, next) => product * next, 1);
  if (shape.length === 1 && imageShape !== undefined && size === height)
    return { inputShape: imageShape, flattens: true };
  const hint = 'write the shape of an image of as many numbers: `inputShape: [28, 28, 1]`';
  throw new ImportProblem(
    `takes [${shape.join(', ')}], and models here take images of [height, width, channels]`,
    hint,
  );
}

/** Losses start from logits. */
function withoutSoftmax(layers: readonly JsonObject[]): {
  readonly layers: readonly JsonObject[];
  readonly softmaxDropped: boolean;
} {
  const [type = '', options] = Object.entries(layers.at(-1) ?? {})[0] ?? [];
  if (!isJsonObject(options) || options['activation'] !== 'softmax') return { layers, softmaxDropped: false };
  const before = layers.slice(0, -1);
  const kept = type === 'activation' ? before : [...before, { [type]: { ...options, activation: 'linear' } }];
  return { layers: kept, softmaxDropped: true };
}

/** The weights by their names, which may have the model's own name before them, and `:0` after. */
function inOrder(model: Model, weights: readonly NamedWeight[]): Float32Array {
  const byName = new Map(weights.map((weight) => [shortName(weight.name), weight]));
  const values = new Float32Array(model.parameters);
  let offset = 0;
  for (const { name, shape } of model.weights) {
    const found = byName.get(name);
    if (found === undefined)
      throw new ImportProblem(`has no weight ${name}`, `its weights: ${[...byName.keys()].join(', ')}`);
    if (found.shape.join() !== shape.join()) {
      throw new ImportProblem(
        `has a weight ${name} of [${found.shape.join(', ')}], and its layer takes [${shape.join(', ')}]`,
      );
    }
    values.set(found.values, offset);
    offset += found.values.length;
  }
  return values;
}

function shortName(name: string): string {
  const [layer = '', weight = ''] = name.replace(/:\d+$/, '').split('/').slice(-2);
  return `${layer}/${weight === 'depthwise_kernel' ? 'kernel' : weight}`;
}
