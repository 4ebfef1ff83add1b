/** Layers as one operation with one gradient, where TensorFlow.js would make several passes over the activations. */
import { filterGradient, inputGradient } from './kernels/convolution-gradient.ts';
import { reluGrad } from './kernels/relu.ts';
import * as tf from './tf.ts';

export interface Conv2dOptions {
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number;
  readonly dilations?: number | [number, number];
  readonly activation?: 'linear' | 'relu';
}

/**
 * Convolution, bias and activation.
 *
 * `tf.fused.conv2d` does the same, but falls apart into three operations while a gradient is recorded.
 * @param x [batch, height, width, inChannels], float32
 * @param filter [filterHeight, filterWidth, inChannels, outChannels]
 * @param bias [outChannels]
 * @returns [batch, outHeight, outWidth, outChannels]
 */
export function conv2dBias(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  bias: tf.Tensor1D,
  { strides, pad, dilations = 1, activation = 'linear' }: Conv2dOptions,
): tf.Tensor4D {
  const operation = tf.customGrad((...args) => {
    const [$x, $filter, $bias, save] = args as unknown as [tf.Tensor4D, tf.Tensor4D, tf.Tensor1D, tf.GradSaveFunc];
    const y = tf.fused.conv2d({ x: $x, filter: $filter, bias: $bias, strides, pad, dilations, activation });
    // What linear layers do not need, they do not keep.
    save(activation === 'relu' ? [$x, $filter, y] : [$x, $filter]);
    const gradFunc = (dy: tf.Tensor4D, saved: tf.Tensor[]): tf.Tensor[] => {
      const [savedX, savedFilter, savedY] = saved as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D | undefined];
      const dz = savedY === undefined ? dy : (reluGrad(dy, savedY) as tf.Tensor4D);
      const shape = { strides, pad, dilations };
      return [
        inputGradient(dz, savedX.shape, savedFilter, shape),
        filterGradient(savedX, dz, savedFilter.shape, shape),
        tf.sum(dz, [0, 1, 2]),
      ];
    };
    return { value: y, gradFunc };
  });
  return operation(x, filter, bias) as tf.Tensor4D;
}
