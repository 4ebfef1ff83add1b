import type { JsonObject } from '../../../base/json.ts';
import type * as TensorFlow from '../../../tensor/tf.ts';
import { activate } from '../activations.ts';
import type { ActivationName } from '../activations.ts';
import type { LayerType, Shape } from '../layer-type.ts';
import type { Pair } from '../window.ts';

export interface ResidualSpec {
  readonly type: 'residual';
  readonly name?: string;
  /** As in YAML, written out. */
  readonly layers: readonly JsonObject[];
  /** Layers of the way around; the input itself where not given, projected where its shape differs from the layers'. */
  readonly shortcut?: readonly JsonObject[];
  readonly activation: ActivationName;
}

/**
 * activation(layers(x) + shortcut(x)), the two of one shape; He et al. 2015 (arXiv 1512.03385). Where they differ, the input is
 * projected: an image by a convolution of 1×1 whose strides bring it to the size (the paper's option B), a list by a dense layer.
 *
 * A model lays the block's own layers out before it ({@link ../placed-layers.ts}); what is left to this one is the sum.
 */
export const residual: LayerType<ResidualSpec> = {
  type: 'residual',
  defaults: { activation: 'linear' },
  inner: ['layers', 'shortcut'],
  outputShape: (spec, input, shortcut = []) => {
    if (isSame(input, shortcut) || (spec.shortcut === undefined && projection(shortcut, input) !== undefined)) {
      return input;
    }
    const hint =
      spec.shortcut === undefined
        ? 'write `padding: same` in its layers, or give it a `shortcut`: layers that end in the same shape'
        : 'let `layers` and `shortcut` end in the same shape';
    return { wants: `has a shortcut of [${shortcut.join(', ')}]`, hint };
  },
  weights: (_, input, shortcut = []) => {
    const projected = isSame(input, shortcut) ? undefined : projection(shortcut, input);
    if (projected === undefined) return [];
    const { kernel, fans } = projected;
    return [
      { name: 'kernel', shape: kernel, initializer: 'glorotUniform', fans, trainable: true },
      { name: 'bias', shape: input.slice(-1), initializer: 'zeros', trainable: true },
    ];
  },
  forward: ({ tf, conv2dBias }, { spec, x, shortcut = x, weight }) => {
    const [, ...from] = shortcut.shape;
    const [, ...to] = x.shape;
    const projected = isSame(from, to) ? undefined : projection(from, to);
    if (projected === undefined) return activate(tf, spec.activation, tf.add(x, shortcut));
    const kernel = weight('kernel') as unknown as TensorFlow.Tensor;
    const bias = weight('bias') as unknown as TensorFlow.Tensor1D;
    const { strides } = projected;
    const around =
      strides === undefined
        ? tf.add(tf.matMul(shortcut, kernel), bias)
        : conv2dBias(shortcut as TensorFlow.Tensor4D, kernel as TensorFlow.Tensor4D, bias, {
            strides: [...strides],
            pad: 'same',
          });
    return activate(tf, spec.activation, tf.add(x, around));
  },
};

interface Projection {
  readonly kernel: Shape;
  readonly fans: { readonly in: number; readonly out: number };
  /** Of an image. */
  readonly strides?: Pair;
}

/** Undefined where none brings the one shape to the other. */
export function projection(from: Shape, to: Shape): Projection | undefined {
  const [inputs = 0, outputs = 0] = [from.at(-1), to.at(-1)];
  const fans = { in: inputs, out: outputs };
  if (from.length === 1 && to.length === 1) return { kernel: [inputs, outputs], fans };
  if (from.length !== 3 || to.length !== 3) return undefined;
  const down = strideOf(from[0] ?? 0, to[0] ?? 0);
  const right = strideOf(from[1] ?? 0, to[1] ?? 0);
  if (down === undefined || right === undefined) return undefined;
  return { kernel: [1, 1, inputs, outputs], fans, strides: [down, right] };
}

/** The smallest step that leaves `to` of `from` places. */
function strideOf(from: number, to: number): number | undefined {
  const stride = Math.ceil(from / to);
  return Math.ceil(from / stride) === to ? stride : undefined;
}

function isSame(first: Shape, second: Shape): boolean {
  return first.join() === second.join();
}
