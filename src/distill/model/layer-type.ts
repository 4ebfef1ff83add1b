import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { conv2dBias } from '../../tensor/fused.ts';
import type { Generator } from '../../tensor/random.ts';
import type * as TensorFlow from '../../tensor/tf.ts';
import type { InitializerName } from './initializers.ts';

/** Of one sample, without the batch: [height, width, channels] or [units]. */
export type Shape = readonly number[];

/** What TensorFlow gives to a layer. It is handed in, so that layers can be read, and shapes inferred, without loading it. */
export interface Operations {
  readonly tf: typeof TensorFlow;
  readonly conv2dBias: typeof conv2dBias;
}

/** A layer as it is written out: its type, its options with all defaults. */
export interface AnyLayerSpec {
  readonly type: string;
  readonly name?: string;
}

export interface WeightSpec {
  /** Keras' name within the layer: kernel, bias, gamma, moving_mean. */
  readonly name: string;
  readonly shape: Shape;
  readonly initializer: InitializerName;
  /** What an initialiser scales by. */
  readonly fans?: { readonly in: number; readonly out: number };
  readonly trainable: boolean;
  /** What each update of the optimiser is followed by. */
  readonly constraint?: Constraint | undefined;
}

/** Keras' MaxNorm: the weights of one unit or filter, all that lead to it, have a Euclidean norm of at most so much. */
export interface Constraint {
  readonly maxNorm: number;
}

/** Fills an array with random numbers from a stream. */
export type Fill = (random: Generator, values: Float32Array) => void;

interface LayerCall<Spec> {
  readonly spec: Spec;
  /** [batch, …shape] */
  readonly x: TensorFlow.Tensor;
  /** What a residual block adds: [batch, …shape of the shortcut]. */
  readonly shortcut?: TensorFlow.Tensor | undefined;
  /** The layer's variable of this name. */
  readonly weight: (name: string) => TensorFlow.Variable;
  readonly training: boolean;
  /** Numbers from the layer's random stream of this step, float32; only when training, and once. */
  readonly draw: (shape: Shape, fill: Fill) => TensorFlow.Tensor;
}

/** What a layer asks for and does not get: `conv2d has a window of 5×5, but …`. */
export interface ShapeProblem {
  /** Follows the layer's type: `has a window of 5×5`. */
  readonly wants: string;
  readonly hint: string;
}

interface OptionsProblem {
  readonly message: string;
  readonly hint: string;
}

/** One kind of layer: how it is written, what shapes it takes and gives, which weights it has, and what it computes. */
export interface LayerType<Spec extends AnyLayerSpec> {
  readonly type: Spec['type'];
  /** Keras' defaults; an option without one is required, or absent when not given. */
  readonly defaults: JsonObject;
  /** The option that a bare value stands for: `dense: 10` is `dense: { units: 10 }`. */
  readonly shorthand?: string;
  /** Options that are lists of layers. */
  readonly inner?: readonly string[];
  /** Writes shorthands within options out: `kernelSize: 3` is [3, 3]. Leaves alone what it does not understand. */
  writeOut?(options: JsonObject): Readonly<Record<string, JsonValue>>;
  /** What of the options cannot be together, whatever the input. */
  check?(spec: Spec): OptionsProblem | undefined;
  /** What the input must look like, where not every shape will do: `[height, width, channels]`. */
  readonly takes?: { readonly rank: number; readonly words: string; readonly hint: string };
  /** @param input has the rank that `takes` asks for @param shortcut of a residual block */
  outputShape(spec: Spec, input: Shape, shortcut?: Shape): Shape | ShapeProblem;
  weights?(spec: Spec, input: Shape, shortcut?: Shape): readonly WeightSpec[];
  forward(operations: Operations, call: LayerCall<Spec>): TensorFlow.Tensor;
}
