/** Depthwise convolution on the WASM backend: forward XNNPACK's, the gradients, which it lacks, ours. */
import type { KernelConfig, KernelFunc, NamedAttrMap } from '@tensorflow/tfjs-core';
import { simdModule } from '../simd/module.ts';
import * as tf from '../tf.ts';
import { DEPTHWISE_FILTER_GRADIENT, DEPTHWISE_INPUT_GRADIENT } from './depthwise-gradient.ts';
import { address, allocate, clear, input, wasmKernel } from './heap.ts';

type ConvInfo = tf.backend_util.Conv2DInfo;

interface DepthwiseAttributes {
  readonly strides: [number, number] | number;
  readonly pad: 'valid' | 'same' | number;
  readonly dilations?: [number, number] | number;
}

/** As shipped, but told in pixels what padding 'same' is: the convolution beside it is wrong for some filters otherwise. */
export function depthwiseConv2d(stock: KernelFunc): KernelConfig {
  return wasmKernel<DepthwiseAttributes>('DepthwiseConv2dNative', (call) => {
    const { inputs, backend, attrs } = call;
    const { top, bottom, left, right } = infoOf(input(call, 'x').shape, input(call, 'filter').shape, attrs).padInfo;
    const padding = [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ];
    const told = attrs.pad === 'same' ? { ...attrs, pad: padding } : attrs;
    return stock({ inputs, backend, attrs: told as unknown as NamedAttrMap });
  });
}

/** dx from dy. */
export function depthwiseInputGradient(): KernelConfig {
  return wasmKernel<DepthwiseAttributes & { inputShape: number[] }>(DEPTHWISE_INPUT_GRADIENT, (call) => {
    const { backend, attrs } = call;
    const filter = input(call, 'filter');
    const info = infoOf(attrs.inputShape, filter.shape, attrs);
    const dx = allocate(backend, info.inShape);
    clear(backend, dx);
    const [to, dy, taps] = [dx, input(call, 'dy'), filter].map((tensor) => address(backend, tensor));
    simdModule(backend).depthwiseInputGradient(to ?? 0, ...geometry(info, dy ?? 0), taps ?? 0);
    return dx;
  });
}

/** The gradient of the filter, [filterHeight, filterWidth, channels, multiplier]. */
export function depthwiseFilterGradient(): KernelConfig {
  return wasmKernel<DepthwiseAttributes & { filterShape: number[] }>(DEPTHWISE_FILTER_GRADIENT, (call) => {
    const { backend, attrs } = call;
    const x = input(call, 'x');
    const gradient = allocate(backend, attrs.filterShape);
    clear(backend, gradient);
    const [from, dy, to] = [x, input(call, 'dy'), gradient].map((tensor) => address(backend, tensor));
    const info = infoOf(x.shape, attrs.filterShape, attrs);
    simdModule(backend).depthwiseFilterGradient(from ?? 0, ...geometry(info, dy ?? 0), to ?? 0);
    return gradient;
  });
}

/** What both gradients are told, from `batch` to `padLeft`. */
function geometry(info: ConvInfo, dy: number): number[] {
  return [
    ...[info.batchSize, info.inHeight, info.inWidth, info.inChannels],
    ...[dy, info.outHeight, info.outWidth, info.outChannels / info.inChannels, info.filterHeight, info.filterWidth],
    ...[info.strideHeight, info.strideWidth, info.padInfo.top, info.padInfo.left],
  ];
}

function infoOf(inShape: number[], filterShape: number[], attrs: DepthwiseAttributes): ConvInfo {
  return tf.backend_util.computeConv2DInfo(
    ...([inShape, filterShape] as [[number, number, number, number], [number, number, number, number]]),
    ...([attrs.strides, attrs.dilations ?? 1, attrs.pad, undefined, true] as const),
  );
}
