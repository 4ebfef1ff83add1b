import type * as TensorFlow from '../../../tensor/tf.ts';
import { activate } from '../activations.ts';
import type { ActivationName } from '../activations.ts';
import type { InitializerName } from '../initializers.ts';
import type { LayerType } from '../layer-type.ts';
import { isProblem, pair, slide, takesImage } from '../window.ts';
import type { Padding, Pair } from '../window.ts';

export interface DepthwiseConv2dSpec {
  readonly type: 'depthwiseConv2d';
  readonly name?: string;
  readonly kernelSize: Pair;
  readonly strides: Pair;
  readonly padding: Padding;
  readonly depthMultiplier: number;
  readonly dilationRate: Pair;
  readonly activation: ActivationName;
  readonly useBias: boolean;
  readonly depthwiseInitializer: InitializerName;
  readonly biasInitializer: InitializerName;
}

/**
 * [height, width, channels] → [height', width', channels · depthMultiplier]: each channel is convolved by itself, with
 * depthMultiplier filters of its own; kernel [kernelHeight, kernelWidth, channels, depthMultiplier]. Followed by a conv2d of
 * 1×1 it is a separable convolution (Chollet 2017, arXiv 1610.02357).
 */
export const depthwiseConv2d: LayerType<DepthwiseConv2dSpec> = {
  type: 'depthwiseConv2d',
  defaults: {
    strides: [1, 1],
    padding: 'valid',
    depthMultiplier: 1,
    dilationRate: [1, 1],
    activation: 'linear',
    useBias: true,
    depthwiseInitializer: 'glorotUniform',
    biasInitializer: 'zeros',
  },
  shorthand: 'kernelSize',
  writeOut: (options) => {
    const pairs = ['kernelSize', 'strides', 'dilationRate'].filter((name) => name in options);
    return { ...options, ...Object.fromEntries(pairs.map((name) => [name, pair(options[name] ?? null)])) };
  },
  check: ({ strides, dilationRate }) => {
    if (strides[0] !== strides[1]) {
      const message = `depthwiseConv2d has strides of ${strides.join(' and ')}, and they have to be equal, as in TensorFlow`;
      return { message, hint: 'write one number for both' };
    }
    if (strides[0] === 1 || Math.max(...dilationRate) === 1) return undefined;
    const message = 'depthwiseConv2d has both strides and a dilationRate above 1, which no backend computes';
    return { message, hint: 'leave one of them at 1' };
  },
  takes: takesImage,
  outputShape: (spec, input) => {
    const { kernelSize, strides, padding, dilationRate, depthMultiplier } = spec;
    const area = slide({ size: kernelSize, strides, padding, dilation: dilationRate }, input);
    return isProblem(area) ? area : [...area, (input[2] ?? 0) * depthMultiplier];
  },
  weights: (spec, [, , channels = 0]) => {
    const { kernelSize, depthMultiplier, useBias, depthwiseInitializer, biasInitializer } = spec;
    const field = kernelSize[0] * kernelSize[1];
    const kernel = {
      name: 'kernel',
      shape: [...kernelSize, channels, depthMultiplier],
      initializer: depthwiseInitializer,
      // Keras' count, by the kernel's shape alone.
      fans: { in: field * channels, out: field * depthMultiplier },
      trainable: true,
    };
    if (!useBias) return [kernel];
    const bias = { name: 'bias', shape: [channels * depthMultiplier], initializer: biasInitializer, trainable: true };
    return [kernel, bias];
  },
  forward: ({ tf }, { spec, x, weight }) => {
    const kernel = spread(tf, weight('kernel') as unknown as TensorFlow.Tensor4D, spec.dilationRate);
    const y = tf.depthwiseConv2d(x as TensorFlow.Tensor4D, kernel, [...spec.strides], spec.padding);
    return activate(tf, spec.activation, spec.useBias ? tf.add(y, weight('bias')) : y);
  },
};

/** The kernel with zeros between its rows and columns: TensorFlow has no dilation of its own for this operation. */
function spread(tf: typeof TensorFlow, kernel: TensorFlow.Tensor4D, [down, right]: Pair): TensorFlow.Tensor4D {
  if (down === 1 && right === 1) return kernel;
  const [height, width, channels, multiplier] = kernel.shape;
  const numbers = channels * multiplier;
  const apart = tf.pad(tf.reshape(kernel, [height, 1, width, 1, numbers]), [
    [0, 0],
    [0, down - 1],
    [0, 0],
    [0, right - 1],
    [0, 0],
  ]);
  const whole = tf.reshape<TensorFlow.Rank.R3>(apart, [height * down, width * right, numbers]);
  const reach = [(height - 1) * down + 1, (width - 1) * right + 1] as const;
  return tf.reshape(tf.slice(whole, [0, 0, 0], [...reach, numbers]), [...reach, channels, multiplier]);
}
