/** The gradient of ReLU as one pass; as shipped it is a comparison, a test for NaN, two selections and a product. The native backend's is in ../native. */
import type { GradConfig, KernelConfig } from '@tensorflow/tfjs-core';
import { simdModule } from '../simd/module.ts';
import { hasKernel } from '../has-kernel.ts';
import * as tf from '../tf.ts';
import { address, allocate, input, wasmKernel } from './heap.ts';

export const RELU_GRAD = 'ReluGrad';

/** dx = dy where y > 0, else 0. */
export function reluGradKernel(): KernelConfig {
  return wasmKernel(RELU_GRAD, (call) => {
    const { backend } = call;
    const [dy, y] = [input(call, 'dy'), input(call, 'y')];
    const dx = allocate(backend, dy.shape);
    const pointers = [dy, y, dx].map((tensor) => address(backend, tensor));
    simdModule(backend).reluGradient(...pointers, tf.util.sizeFromShape(dy.shape));
    return dx;
  });
}

/** The gradient of `tf.relu`. Gradients are registered for all backends at once: one without the kernel keeps the formula as shipped. */
export const reluGradient: GradConfig = {
  kernelName: 'Relu',
  outputsToSave: [true],
  gradFunc: (dy, saved) => {
    const [y] = saved as [tf.Tensor];
    return { x: () => reluGrad(dy as tf.Tensor, y) };
  },
};

/** dy where y > 0, else 0. */
export function reluGrad<T extends tf.Tensor>(dy: T, y: T): T {
  if (!hasKernel(RELU_GRAD)) return tf.mul<T>(dy, tf.step(y));
  return tf.engine().runKernel(RELU_GRAD, { dy, y });
}
