/**
 * Sum and Mean over all axes but the last on the WASM backend: the gradient of every bias, and the moments of batch
 * normalisation. As shipped they transpose the tensor first. Other reductions stay as they are.
 */
import type { KernelConfig, KernelFunc } from '@tensorflow/tfjs-core';
import { simdModule } from '../simd/module.ts';
import * as tf from '../tf.ts';
import { address, allocate, input, wasmKernel } from './heap.ts';

export interface ReduceAttributes {
  /** All axes where it is null, which the type of parseAxisParam leaves out. */
  readonly axis: number | number[];
  readonly keepDims: boolean;
}

export function columnReduction(kernelName: 'Sum' | 'Mean', stock: KernelFunc): KernelConfig {
  return wasmKernel<ReduceAttributes>(kernelName, (call) => {
    const { attrs, backend } = call;
    const x = input(call, 'x');
    const axes = tf.util.parseAxisParam(attrs.axis, x.shape);
    const columns = x.shape.at(-1) ?? 0;
    if (x.dtype !== 'float32' || columns < 2 || !areAllButTheLast(axes, x.shape.length)) {
      return stock(call as unknown as Parameters<KernelFunc>[0]);
    }
    const rows = tf.util.sizeFromShape(x.shape) / columns;
    const sums = allocate(backend, attrs.keepDims ? [...axes.map(() => 1), columns] : [columns]);
    const scale = kernelName === 'Mean' ? 1 / rows : 1;
    simdModule(backend).columnSums(address(backend, x), rows, columns, address(backend, sums), scale);
    return sums;
  });
}

export function areAllButTheLast(axes: readonly number[], rank: number): boolean {
  return rank > 1 && axes.length === rank - 1 && axes.every((axis) => axis < rank - 1);
}
