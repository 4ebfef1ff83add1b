/**
 * A model: its layers, their variables, and the pass through them. Weights have Keras' names and layouts (`dense/kernel`
 * [inputs, units], `conv2d/kernel` [height, width, inputs, filters]).
 */
import type { JsonObject } from '../../base/json.ts';
import { generator } from '../../tensor/random.ts';
import * as tf from '../../tensor/tf.ts';
import { constrain } from './constrain.ts';
import { fillInitial } from './initializers.ts';
import { describeLayers, parseLayers } from './layer-spec.ts';
import type { LayerSpec } from './layer-spec.ts';
import type { Constraint, Fill, Shape, WeightSpec } from './layer-type.ts';
import { layerTypeOf } from './layers/registry.ts';
import { operations } from './operations.ts';
import { DATA, placeLayers } from './placed-layers.ts';
import { inferShapes } from './shapes.ts';
import { assignVariables, readVariables } from './variables.ts';
import { bytesToFloats, floatBytes } from './weights.ts';

interface Weight {
  /** `dense_1/kernel` */
  readonly name: string;
  readonly shape: Shape;
  readonly trainable: boolean;
  readonly constraint: Constraint | undefined;
  readonly variable: tf.Variable;
}

/** Training draws dropout masks and moves batch statistics; `draw` takes numbers from a layer's random stream of this step. */
type ForwardMode =
  | { readonly training: false }
  | { readonly training: true; readonly draw: (layer: number, shape: Shape, fill: Fill) => tf.Tensor };

export interface Model {
  readonly layers: readonly LayerSpec[];
  readonly inputShape: Shape;
  /** Logits that it gives for a sample. */
  readonly outputs: number;
  /** Numbers in all weights. */
  readonly parameters: number;
  /** In the order of the layers: the order of their bytes, too. */
  readonly weights: readonly Weight[];
  readonly trainable: readonly tf.Variable[];
  /** What each layer gives for a sample, by its name; those inside of blocks, too. */
  readonly layerShapes: Readonly<Record<string, Shape>>;
  /**
   * The caller wraps it in `tf.tidy`.
   * @param x [batch, …inputShape], float32
   * @returns logits [batch, outputs]
   */
  forward(x: tf.Tensor, mode?: ForwardMode): tf.Tensor2D;
  /** As {@link forward}, with what the layers of these names give on the way. */
  forwardWith(x: tf.Tensor, names: readonly string[], mode?: ForwardMode): LogitsAndFeatures;
  /** Brings the weights back to where their layers allow them to be, after an update. Inside `tf.tidy`. */
  constrain(): void;
  /** All weights one after the other, as they are now. */
  readWeights(): Float32Array;
  /** @param values as of {@link readWeights} */
  loadWeights(values: Float32Array): void;
  /** Frees the variables. */
  dispose(): void;
}

export interface LogitsAndFeatures {
  readonly logits: tf.Tensor2D;
  /** In the order of the names. */
  readonly features: readonly tf.Tensor[];
}

/** The files of a model artifact. */
export interface SerializedModel {
  /** Layers, input shape, and the weights' names and shapes in the order of the bytes. */
  readonly architecture: JsonObject;
  /** Little-endian float32. */
  readonly weights: Uint8Array;
}

/**
 * A model with initial weights, drawn from `seed` and the layer's place alone.
 * @throws Error where the shapes do not fit: planning has told the person before
 */
export function buildModel(layers: readonly LayerSpec[], inputShape: Shape, seed: number): Model {
  return assemble(layers, inputShape, (spec, layer, size) => {
    const values = new Float32Array(size);
    fillInitial(
      values,
      spec.initializer,
      spec.fans ?? { in: size, out: size },
      generator(seed, 'init', layer, spec.name),
    );
    return values;
  });
}

export function serializeModel(model: Model): SerializedModel {
  const architecture = {
    format: 'distill-pipeline/model@1',
    inputShape: model.inputShape,
    outputs: model.outputs,
    parameters: model.parameters,
    layers: describeLayers(model.layers),
    weights: model.weights.map(({ name, shape, trainable }) => ({ name, shape, trainable })),
  };
  return { architecture, weights: floatBytes(model.readWeights()) };
}

/** @throws Error where the files do not belong together */
export function loadModel(architecture: JsonObject, weights: Uint8Array): Model {
  const layers = parseLayers(architecture['layers'] ?? []);
  const inputShape = architecture['inputShape'] as Shape;
  const { parameters } = inferShapes(layers, inputShape);
  const values = bytesToFloats(weights, parameters);
  let offset = 0;
  return assemble(layers, inputShape, (_, __, size) => values.subarray(offset, (offset += size)));
}

type Initial = (spec: WeightSpec, layer: number, size: number) => Float32Array;

function assemble(layers: readonly LayerSpec[], inputShape: Shape, initial: Initial): Model {
  const { shapes, parameters, problems } = inferShapes(layers, inputShape);
  const placed = placeLayers(layers);
  const [problem] = problems;
  if (problem !== undefined) throw new Error(`${placed[problem.layer]?.label ?? 'model'}: ${problem.message}`);
  const shapeAt = (index: number): Shape => (index === DATA ? inputShape : (shapes[index] ?? inputShape));
  const perLayer = placed.map(({ spec, name, input, shortcut }, layer) => {
    const around = shortcut === undefined ? undefined : shapeAt(shortcut);
    const specs = layerTypeOf(spec).weights?.(spec, shapeAt(input), around) ?? [];
    return new Map(specs.map((weight) => [weight.name, variableOf(weight, name, layer, initial)]));
  });
  const weights = perLayer.flatMap((own) => [...own.values()]);
  const forwardWith: Model['forwardWith'] = (x, names, mode = { training: false }) => {
    const outputs: tf.Tensor[] = [];
    const outputAt = (index: number): tf.Tensor => (index === DATA ? x : known(outputs[index], String(index)));
    for (const [layer, { spec, input, shortcut }] of placed.entries()) {
      const y = layerTypeOf(spec).forward(operations, {
        spec,
        x: outputAt(input),
        shortcut: shortcut === undefined ? undefined : outputAt(shortcut),
        weight: (name) => known(perLayer[layer]?.get(name)?.variable, name),
        training: mode.training,
        draw: (shape, fill) => {
          if (!mode.training) throw new Error('a prediction draws no random numbers');
          return mode.draw(layer, shape, fill);
        },
      });
      outputs.push(y);
    }
    const features = names.map((name) => known(outputs[placed.findIndex((layer) => layer.name === name)], name));
    return { logits: outputAt(placed.length - 1) as tf.Tensor2D, features };
  };
  return {
    layers,
    inputShape,
    outputs: shapes.at(-1)?.[0] ?? 0,
    parameters,
    weights,
    trainable: weights.filter(({ trainable }) => trainable).map(({ variable }) => variable),
    layerShapes: Object.fromEntries(placed.map(({ name }, index) => [name, shapeAt(index)])),
    forward: (x, mode) => forwardWith(x, [], mode).logits,
    forwardWith,
    constrain: () => {
      for (const { variable, constraint } of weights) {
        if (constraint !== undefined) constrain(variable, constraint);
      }
    },
    readWeights: () => readVariables(weights.map(({ variable }) => variable)),
    loadWeights: (values) => {
      assignVariables(
        weights.map(({ variable }) => variable),
        values,
      );
    },
    dispose: () => {
      for (const { variable } of weights) variable.dispose();
    },
  };
}

function variableOf(spec: WeightSpec, layerName: string, layer: number, initial: Initial): Weight {
  const size = spec.shape.reduce((product, next) => product * next, 1);
  const value = tf.tensor(initial(spec, layer, size), [...spec.shape], 'float32');
  // TensorFlow's own names are global, so they cannot be ours: two models would clash.
  const variable = tf.variable(value, spec.trainable);
  value.dispose();
  const { shape, trainable, constraint } = spec;
  return { name: `${layerName}/${spec.name}`, shape, trainable, constraint, variable };
}

function known<Value>(value: Value | undefined, name: string): Value {
  if (value === undefined) throw new Error(`the layer has no weight or output ${name}`);
  return value;
}
