import type { KernelConfig, KernelFunc } from '@tensorflow/tfjs-core';
import { areAllButTheLast, type ReduceAttributes } from '../kernels/reduce.ts';
import * as tf from '../tf.ts';
import { floats, nativeKernel, text } from './operation.ts';

/** Sums over all axes but the last, which every bias' gradient is, by the operation that TensorFlow has for these. Others stay as they are. */
export function columnSum(stock: KernelFunc): KernelConfig {
  return nativeKernel<ReduceAttributes>('Sum', (call) => {
    const { inputs, attrs, backend } = call;
    const x = inputs['x'];
    const axes = x === undefined ? [] : tf.util.parseAxisParam(attrs.axis, x.shape);
    if (x?.dtype !== 'float32' || attrs.keepDims || !areAllButTheLast(axes, x.shape.length)) {
      return stock(call as unknown as Parameters<KernelFunc>[0]);
    }
    return backend.executeSingleOutput(
      'BiasAddGrad',
      [floats(backend, 'T'), text(backend, 'data_format', 'NHWC')],
      [x],
    );
  });
}
