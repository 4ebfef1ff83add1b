/** The gradient of Conv2D, for dilated convolutions too, which TensorFlow.js refuses. */
import type { Attribute, GradConfig, NamedTensorMap } from '@tensorflow/tfjs-core';
import * as tf from '../tf.ts';

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
    const shape = attrs as unknown as ConvolutionShape;
    return {
      x: () => inputGradient(dy as tf.Tensor4D, x.shape, filter, shape),
      filter: () => filterGradient(x, dy as tf.Tensor4D, filter.shape, shape),
    };
  },
};

/** The gradient of the input, of shape `inputShape`. @throws Error for dilations on a backend that is not 'wasm' */
export function inputGradient(
  dy: tf.Tensor4D,
  inputShape: number[],
  filter: tf.Tensor4D,
  shape: ConvolutionShape,
): tf.Tensor4D {
  return run('Conv2DBackpropInput', { dy, filter }, { ...attributes(shape), inputShape });
}

/** The gradient of the filter, of shape `filterShape`. @throws Error for dilations on a backend that is not 'wasm' */
export function filterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  filterShape: number[],
  shape: ConvolutionShape,
): tf.Tensor4D {
  return run('Conv2DBackpropFilter', { x, dy }, { ...attributes(shape), filterShape });
}

function attributes({ strides, pad, dilations = 1 }: ConvolutionShape): Record<string, unknown> {
  // Other backends' kernels would ignore dilations and be silently wrong.
  if (tf.getBackend() !== 'wasm' && [dilations].flat().some((dilation) => dilation !== 1)) {
    throw new Error(`Dilated convolutions can be trained on the WASM backend only, not on '${tf.getBackend()}'`);
  }
  return { strides, pad, dilations, dataFormat: 'NHWC' };
}

function run(kernel: string, inputs: Record<string, tf.Tensor>, attrs: Record<string, unknown>): tf.Tensor4D {
  return tf.engine().runKernel(kernel, inputs as NamedTensorMap, attrs as Record<string, Attribute>);
}
