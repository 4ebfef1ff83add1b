/**
 * The gradient of maximum pooling. TensorFlow's MaxPoolGrad looks for the maxima with 64-bit places, which took four times as long as
 * its MaxPoolWithArgmax takes with 32-bit ones. So these are found, widened, and gone by.
 */
import type { KernelConfig, KernelFunc } from '@tensorflow/tfjs-core';
import * as tf from '../tf.ts';
import {
  type Attribute,
  flag,
  floats,
  input,
  integers,
  nativeKernel,
  type NodeBackend,
  pair,
  text,
  typed,
} from './operation.ts';

interface PoolAttributes {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number;
}

/** Of equal maxima the first receives the gradient, as with MaxPoolGrad. */
export function maxPoolGrad(stock: KernelFunc): KernelConfig {
  return nativeKernel<PoolAttributes>('MaxPoolGrad', (call) => {
    const { attrs, backend } = call;
    const { filterSize, strides, pad } = attrs;
    const { TF_INT32, TF_INT64 } = backend.binding;
    const [x, dy] = [input(call, 'input'), input(call, 'dy')];
    if (typeof pad === 'number' || tf.util.sizeFromShape(x.shape) >= 2 ** 31) {
      return stock(call as unknown as Parameters<KernelFunc>[0]);
    }
    const attributes = [
      floats(backend, 'T'),
      integers(backend, 'ksize', [1, ...pair(filterSize), 1]),
      integers(backend, 'strides', [1, ...pair(strides), 1]),
      text(backend, 'padding', pad.toUpperCase()),
      flag(backend, 'include_batch_in_index', true),
    ];
    const places = { narrow: typed(backend, 'Targmax', TF_INT32), wide: typed(backend, 'Targmax', TF_INT64) };
    const widening = [
      typed(backend, 'SrcT', TF_INT32),
      typed(backend, 'DstT', TF_INT64),
      flag(backend, 'Truncate', false),
    ];
    // TensorFlow.js has no tensors of 64-bit integers: what lies between stays TensorFlow's own.
    const inputs = backend.getInputTensorIds([x, dy]);
    const found = run(backend, 'MaxPoolWithArgmax', [...attributes, places.narrow], inputs.slice(0, 1), 2);
    const wide = run(backend, 'Cast', widening, found.slice(1), 1);
    const [dx] = backend.binding.executeOp(
      'MaxPoolGradWithArgmax',
      [...attributes, places.wide],
      [...inputs, ...wide],
      1,
    );
    for (const id of [...found, ...wide]) backend.binding.deleteTensor(id);
    if (dx === undefined) throw new Error('MaxPoolGradWithArgmax gave nothing');
    return backend.createOutputTensor(dx);
  });
}

/** @returns the ids of the outputs */
function run(
  { binding }: NodeBackend,
  operation: string,
  attributes: readonly Attribute[],
  inputs: readonly number[],
  outputs: number,
): number[] {
  return binding.executeOp(operation, attributes, inputs, outputs).map(({ id }) => id);
}
