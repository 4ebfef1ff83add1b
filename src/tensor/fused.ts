/** Layers as one operation with one gradient, where TensorFlow.js would make several passes over the activations. */
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
  const attrs = { strides, pad, dilations, activation, dataFormat: 'NHWC' };
  // The kernel itself, with the gradient that we registered for it: it computes only the parts that are asked for.
  return tf.engine().runKernel('FusedConv2D', { x, filter, bias }, attrs);
}
