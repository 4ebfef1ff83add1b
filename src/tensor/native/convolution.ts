/** Gradients of dilated convolutions. TensorFlow has them; tfjs-node's kernels leave the dilation out. */
import type { KernelConfig, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '../tf.ts';
import { floats, input, integers, type NativeCall, nativeKernel, pair, text } from './operation.ts';

interface GradientAttributes {
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number;
  readonly dilations?: number | [number, number];
}

export function conv2dBackpropFilter(stock: KernelFunc): KernelConfig {
  return nativeKernel<GradientAttributes & { readonly filterShape: number[] }>('Conv2DBackpropFilter', (call) => {
    if (!isDilated(call.attrs)) return stock(call as unknown as Parameters<KernelFunc>[0]);
    return run('Conv2DBackpropFilter', call, (sizes) => [
      input(call, 'x'),
      sizes(call.attrs.filterShape),
      input(call, 'dy'),
    ]);
  });
}

export function conv2dBackpropInput(stock: KernelFunc): KernelConfig {
  return nativeKernel<GradientAttributes & { readonly inputShape: number[] }>('Conv2DBackpropInput', (call) => {
    if (!isDilated(call.attrs)) return stock(call as unknown as Parameters<KernelFunc>[0]);
    return run('Conv2DBackpropInput', call, (sizes) => [
      sizes(call.attrs.inputShape),
      input(call, 'filter'),
      input(call, 'dy'),
    ]);
  });
}

function isDilated({ dilations = 1 }: GradientAttributes): boolean {
  return [dilations].flat().some((dilation) => dilation !== 1);
}

function run(
  operation: string,
  { attrs, backend }: NativeCall<GradientAttributes>,
  inputsWith: (sizes: (shape: number[]) => tf.Tensor) => readonly TensorInfo[],
): TensorInfo {
  const { strides, pad, dilations = 1 } = attrs;
  if (typeof pad === 'number')
    throw new Error(`dilated convolutions are trained with pad 'same' or 'valid', not with ${pad}`);
  const attributes = [
    floats(backend, 'T'),
    integers(backend, 'strides', [1, ...pair(strides), 1]),
    text(backend, 'padding', pad.toUpperCase()),
    text(backend, 'data_format', 'NHWC'),
    integers(backend, 'dilations', [1, ...pair(dilations), 1]),
  ];
  return tf.tidy(() =>
    backend.executeSingleOutput(
      operation,
      attributes,
      inputsWith((shape) => tf.tensor1d(shape, 'int32')),
    ),
  );
}
