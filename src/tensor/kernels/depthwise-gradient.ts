/** The gradient of a depthwise convolution. Its dilation is always 1: the layer spreads its kernel instead. */
import type { GradConfig, NamedAttrMap } from '@tensorflow/tfjs-core';
import * as tf from '../tf.ts';

export const DEPTHWISE_INPUT_GRADIENT = 'DepthwiseConv2dNativeBackpropInput';
export const DEPTHWISE_FILTER_GRADIENT = 'DepthwiseConv2dNativeBackpropFilter';

export const depthwiseConv2dGradient: GradConfig = {
  kernelName: 'DepthwiseConv2dNative',
  inputsToSave: ['x', 'filter'],
  gradFunc: (gradient, saved, attrs) => {
    const [x, filter] = saved as [tf.Tensor, tf.Tensor];
    const dy = gradient as tf.Tensor;
    const { strides, pad, dilations } = attrs;
    if ([dilations].flat().some((dilation) => dilation !== 1)) {
      throw new Error('A depthwise convolution that is dilated cannot be trained through');
    }
    const window = { strides, pad, dilations, dimRoundingMode: undefined } as unknown as NamedAttrMap;
    const run = (kernel: string, inputs: Record<string, tf.Tensor>, shape: NamedAttrMap): tf.Tensor =>
      tf.engine().runKernel(kernel, inputs, { ...window, ...shape });
    return {
      x: () => run(DEPTHWISE_INPUT_GRADIENT, { dy, filter }, { inputShape: x.shape }),
      filter: () => run(DEPTHWISE_FILTER_GRADIENT, { x, dy }, { filterShape: filter.shape }),
    };
  },
};
