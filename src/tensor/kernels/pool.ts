/** The gradients of pooling on the WASM backend, which computes them pixel by pixel and channel by channel. */
import type { KernelConfig } from '@tensorflow/tfjs-core';
import { simdModule } from '../simd/module.ts';
import * as tf from '../tf.ts';
import { address, allocate, clear, input, wasmKernel } from './heap.ts';
import type { KernelCall } from './heap.ts';

type PoolInfo = tf.backend_util.Conv2DInfo;

interface PoolAttributes {
  readonly filterSize: [number, number] | number;
  readonly strides: [number, number] | number;
  readonly pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Among equal maxima of a window, the first in row-major order receives the gradient, as in TensorFlow. */
export function maxPoolGrad(): KernelConfig {
  return wasmKernel<PoolAttributes>('MaxPoolGrad', (call) => {
    const { backend } = call;
    const [x, y, dy] = [input(call, 'input'), input(call, 'output'), input(call, 'dy')];
    const info = poolInfo(call, x.shape);
    const dx = allocate(backend, x.shape);
    const pointers = [x, y, dy, dx].map((tensor) => address(backend, tensor));
    const simd = simdModule(backend);
    if (isTiling2x2(info)) {
      simd.maxPoolGradient2x2(...pointers, info.batchSize * info.outHeight, info.outWidth, info.inChannels);
    } else {
      clear(backend, dx);
      simd.maxPoolGradient(...pointers, ...geometry(info));
    }
    return dx;
  });
}

/** Padding takes no part in a mean, so none in its gradient; the kernel as shipped divides by the full window. */
export function avgPoolGrad(): KernelConfig {
  return wasmKernel<PoolAttributes>('AvgPoolGrad', (call) => {
    const { backend } = call;
    const dy = input(call, 'dy');
    const { shape } = input(call, 'input');
    const dx = allocate(backend, shape);
    clear(backend, dx);
    simdModule(backend).avgPoolGradient(address(backend, dy), address(backend, dx), ...geometry(poolInfo(call, shape)));
    return dx;
  });
}

/** Windows of 2×2 side by side that cover the image, and channels in whole vectors. */
function isTiling2x2(info: PoolInfo): boolean {
  return (
    info.filterHeight === 2 &&
    info.filterWidth === 2 &&
    info.strideHeight === 2 &&
    info.strideWidth === 2 &&
    info.inHeight === 2 * info.outHeight &&
    info.inWidth === 2 * info.outWidth &&
    info.inChannels % 4 === 0
  );
}

function geometry(info: PoolInfo): number[] {
  return [
    ...[info.batchSize, info.inHeight, info.inWidth, info.inChannels, info.outHeight, info.outWidth],
    ...[info.filterHeight, info.filterWidth, info.strideHeight, info.strideWidth],
    ...[info.padInfo.top, info.padInfo.left],
  ];
}

function poolInfo(call: KernelCall<PoolAttributes>, shape: number[]): PoolInfo {
  const { filterSize, strides, pad, dimRoundingMode } = call.attrs;
  return tf.backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
}
