/** The gradient of Conv2D, for dilated convolutions too, which TensorFlow.js refuses. */
import type { Attribute, GradConfig } from '@tensorflow/tfjs-core';
import * as tf from '../tf.ts';
import { reluGrad } from './relu.ts';

interface ConvolutionShape {
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number;
  readonly dilations?: number | [number, number];
}

export const conv2dGradient: GradConfig = {
  kernelName: 'Conv2D',
  inputsToSave: ['x', 'filter'],
  gradFunc: (dy, saved, attrs) => {
    const [x, filter] = saved as [tf.Tensor4D, tf.Tensor4D];
    return gradients(x, filter, dy as tf.Tensor4D, attrs as unknown as ConvolutionShape);
  },
};

/** The same for a convolution with bias and activation in one operation, see {@link ../fused.ts}. */
export const fusedConv2dGradient: GradConfig = {
  kernelName: 'FusedConv2D',
  inputsToSave: ['x', 'filter'],
  outputsToSave: [true],
  gradFunc: (dy, saved, attrs) => {
    const [x, filter, y] = saved as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
    const dz = attrs['activation'] === 'relu' ? reluGrad(dy as tf.Tensor4D, y) : (dy as tf.Tensor4D);
    return { ...gradients(x, filter, dz, attrs as unknown as ConvolutionShape), bias: () => tf.sum(dz, [0, 1, 2]) };
  },
};

function gradients(x: tf.Tensor4D, filter: tf.Tensor4D, dy: tf.Tensor4D, shape: ConvolutionShape) {
  return {
    x: () => inputGradient(dy, x.shape, filter, shape),
    filter: () => filterGradient(x, dy, filter.shape, shape),
  };
}

/** The gradient of the input, of shape `inputShape`. @throws Error for dilations on the plain JavaScript backend */
function inputGradient(
  dy: tf.Tensor4D,
  inputShape: number[],
  filter: tf.Tensor4D,
  shape: ConvolutionShape,
): tf.Tensor4D {
  return run('Conv2DBackpropInput', { dy, filter }, { ...attributes(shape), inputShape });
}

/** The gradient of the filter, of shape `filterShape`. @throws Error for dilations on the plain JavaScript backend */
function filterGradient(x: tf.Tensor4D, dy: tf.Tensor4D, filterShape: number[], shape: ConvolutionShape): tf.Tensor4D {
  return run('Conv2DBackpropFilter', { x, dy }, { ...attributes(shape), filterShape });
}

function attributes({ strides, pad, dilations = 1 }: ConvolutionShape): Record<string, unknown> {
  // The plain JavaScript backend's kernels would ignore dilations and be silently wrong.
  if (tf.getBackend() === 'cpu' && [dilations].flat().some((dilation) => dilation !== 1)) {
    throw new Error(`Dilated convolutions can be trained on the WASM and the native backend only, not on 'cpu'`);
  }
  return { strides, pad, dilations, dataFormat: 'NHWC' };
}

function run(kernel: string, inputs: Record<string, tf.Tensor>, attrs: Record<string, unknown>): tf.Tensor4D {
  return tf.engine().runKernel(kernel, inputs, attrs as Record<string, Attribute>);
}
