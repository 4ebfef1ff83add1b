/**
 * Conv2D and its gradients on the WASM backend.
 *
 * Convolutions of 3×3 and stride 1 with enough channels, forward and in both gradients, go through Winograd's minimal
 * filtering, with a quarter of the multiplications; their results differ from the plain sum's by some 1e-5 of its size.
 * Other forward convolutions are XNNPACK's. Other gradients are matrix products on image-to-column copies.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { KernelConfig, KernelFunc, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { simdModule } from '../simd/module.ts';
import * as tf from '../tf.ts';
import { address, allocate, clear, input, wasmKernel, withScratch } from './heap.ts';
import type { KernelCall } from './heap.ts';

type Pad = 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
type ConvInfo = tf.backend_util.Conv2DInfo;

interface ConvAttributes {
  readonly strides: [number, number] | number;
  readonly pad: Pad;
  readonly dataFormat: 'NHWC' | 'NCHW';
  readonly dilations?: [number, number] | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Conv2D: Winograd's way where it pays, else as shipped. */
export function conv2d(stock: KernelFunc): KernelConfig {
  return wasmKernel<ConvAttributes>('Conv2D', (call) => {
    const x = input(call, 'x');
    const filter = input(call, 'filter');
    const info = convInfo(x.shape, filter.shape, call.attrs);
    if (!fitsWinograd(info)) return asShipped(stock, call, info);
    return winograd(call.backend, { x, filter, info, reversed: false });
  });
}

/** Convolution with bias and activation in one pass, as used in prediction, and by {@link ../fused.ts}. */
export function fusedConv2d(stock: KernelFunc): KernelConfig {
  return wasmKernel<ConvAttributes & { activation: string }>('FusedConv2D', (call) => {
    const x = input(call, 'x');
    const filter = input(call, 'filter');
    const { activation } = call.attrs;
    const info = convInfo(x.shape, filter.shape, call.attrs);
    if (!fitsWinograd(info) || (activation !== 'linear' && activation !== 'relu')) return asShipped(stock, call, info);
    const { bias } = call.inputs;
    return winograd(call.backend, {
      x,
      filter,
      info,
      reversed: false,
      relu: activation === 'relu',
      ...(bias ? { bias } : {}),
    });
  });
}

/** dx from dy: for stride 1 the convolution of dy with the filter turned by 180° and its channels swapped. */
export function conv2dBackpropInput(): KernelConfig {
  return wasmKernel<ConvAttributes & { inputShape: number[] }>('Conv2DBackpropInput', (call) => {
    const { backend, attrs } = call;
    const dy = input(call, 'dy');
    const filter = input(call, 'filter');
    const info = convInfo(attrs.inputShape, filter.shape, attrs);
    const turned = turnedInfo(info);
    if (fitsWinograd(turned)) return winograd(backend, { x: dy, filter, info: turned, reversed: true });
    const dx = allocate(backend, info.inShape);
    const simd = simdModule(backend);
    const bytes = simd.convolutionScratch(info.filterHeight * info.filterWidth * info.inChannels, info.outChannels);
    clear(backend, dx);
    withScratch(backend, bytes, (scratch) => {
      simd.inputGradient(address(backend, dx), ...geometry(backend, info, dy), address(backend, filter), scratch);
    });
    return dx;
  });
}

/** The gradient of the filter, [filterHeight, filterWidth, inChannels, outChannels]; tfjs-backend-wasm has none. */
export function conv2dBackpropFilter(): KernelConfig {
  return wasmKernel<ConvAttributes & { filterShape: number[] }>('Conv2DBackpropFilter', (call) => {
    const { backend, attrs } = call;
    const x = input(call, 'x');
    const dy = input(call, 'dy');
    const info = convInfo(x.shape, attrs.filterShape, attrs);
    const gradient = allocate(backend, attrs.filterShape);
    const simd = simdModule(backend);
    if (fitsWinograd(info)) {
      const transformed = 36 * 4 * info.inChannels * info.outChannels;
      withScratch(backend, transformed + simd.winogradScratch(info.inChannels, info.outChannels), (scratch) => {
        simd.winogradFilterGradient(
          ...[address(backend, x), info.batchSize, info.inHeight, info.inWidth, info.inChannels],
          ...[address(backend, dy), info.outHeight, info.outWidth, info.outChannels],
          ...[info.padInfo.top, info.padInfo.left],
          ...[scratch, address(backend, gradient), scratch + transformed],
        );
      });
      return gradient;
    }
    const bytes = simd.convolutionScratch(info.filterHeight * info.filterWidth * info.inChannels, info.outChannels);
    withScratch(backend, bytes, (scratch) => {
      simd.filterGradient(address(backend, x), ...geometry(backend, info, dy), address(backend, gradient), scratch);
    });
    return gradient;
  });
}

/**
 * 3×3, stride 1, no dilation, channels in whole vectors. Below 16 channels the transforms cost more than they save;
 * on images so small that most of a 4×4 tile is outside, the multiplications are no fewer.
 */
function fitsWinograd(info: ConvInfo): boolean {
  const tiles = Math.ceil(info.outHeight / 4) * Math.ceil(info.outWidth / 4);
  const plain = info.filterHeight === 3 && info.filterWidth === 3 && info.strideHeight === 1 && info.strideWidth === 1;
  const dense = info.dilationHeight === 1 && info.dilationWidth === 1;
  const wide =
    info.inChannels >= 16 && info.inChannels % 8 === 0 && info.outChannels >= 16 && info.outChannels % 8 === 0;
  return plain && dense && wide && info.outHeight * info.outWidth * 9 >= 2 * 36 * tiles;
}

interface WinogradCall {
  readonly x: TensorInfo;
  readonly filter: TensorInfo;
  readonly info: ConvInfo;
  /** Whether the filter is to be turned by 180°, and its channels swapped. */
  readonly reversed: boolean;
  readonly bias?: TensorInfo;
  readonly relu?: boolean;
}

function winograd(backend: BackendWasm, call: WinogradCall): TensorInfo {
  const { x, filter, info, bias } = call;
  const { inChannels, outChannels } = info;
  const y = allocate(backend, info.outShape);
  const simd = simdModule(backend);
  const transformed = 36 * 4 * inChannels * outChannels;
  withScratch(backend, transformed + simd.winogradScratch(inChannels, outChannels), (scratch) => {
    simd.winogradFilter(address(backend, filter), scratch, inChannels, outChannels, Number(call.reversed));
    simd.winogradForward(
      ...[address(backend, x), info.batchSize, info.inHeight, info.inWidth, inChannels, scratch],
      ...[bias === undefined ? 0 : address(backend, bias), Number(call.relu ?? false)],
      ...[address(backend, y), info.outHeight, info.outWidth, outChannels, info.padInfo.top, info.padInfo.left],
      scratch + transformed,
    );
  });
  return y;
}

/** What the general gradients are told of a convolution, from `batch` to `padLeft`. */
function geometry(backend: BackendWasm, info: ConvInfo, dy: TensorInfo): number[] {
  return [
    ...[info.batchSize, info.inHeight, info.inWidth, info.inChannels],
    ...[address(backend, dy), info.outHeight, info.outWidth, info.outChannels],
    ...[info.filterHeight, info.filterWidth, info.strideHeight, info.strideWidth],
    ...[info.dilationHeight, info.dilationWidth, info.padInfo.top, info.padInfo.left],
  ];
}

/** The convolution that leads from dy back to dx, for a 3×3 filter of stride 1. */
function turnedInfo(info: ConvInfo): ConvInfo {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = info;
  return {
    ...info,
    ...{ inHeight: outHeight, inWidth: outWidth, inChannels: outChannels, inShape: info.outShape },
    ...{ outHeight: inHeight, outWidth: inWidth, outChannels: inChannels, outShape: info.inShape },
    padInfo: { ...padInfo, top: info.filterHeight - 1 - padInfo.top, left: info.filterWidth - 1 - padInfo.left },
  };
}

function convInfo(inShape: number[], filterShape: number[], attrs: ConvAttributes): ConvInfo {
  if (attrs.dataFormat === 'NCHW') {
    throw new Error("Convolutions on the WASM backend are NHWC: dataFormat 'channelsLast' in Keras' terms");
  }
  return tf.backend_util.computeConv2DInfo(
    ...([inShape, filterShape] as [[number, number, number, number], [number, number, number, number]]),
    ...([attrs.strides, attrs.dilations ?? 1, attrs.pad, attrs.dimRoundingMode] as const),
  );
}

/**
 * XNNPACK's convolution. It fills the output with nothing at all, and says nothing, for some filters with one row or
 * column where it is told that the padding is 'same'; it is right when told how many pixels that is.
 */
function asShipped(stock: KernelFunc, call: KernelCall<ConvAttributes>, info: ConvInfo): TensorInfo | TensorInfo[] {
  const { top, bottom, left, right } = info.padInfo;
  const pad = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  const attrs = call.attrs.pad === 'same' ? { ...call.attrs, pad } : call.attrs;
  return stock({ inputs: call.inputs, backend: call.backend, attrs: attrs as unknown as NamedAttrMap });
}
