/** Puts TensorFlow's own operations where tfjs-node has many small ones, or slow ones. */
import type { KernelConfig, KernelFunc } from '@tensorflow/tfjs-core';
import * as tf from '../tf.ts';
import { conv2dBackpropFilter, conv2dBackpropInput } from './convolution.ts';
import { adamUpdateKernel, momentumUpdateKernel } from './optimizers.ts';
import { useNativePackage, type NativePackage } from './package.ts';
import { maxPoolGrad } from './pool.ts';
import { reluGradKernel } from './relu.ts';
import { columnSum } from './sum.ts';

let installed = false;

/** Needs tfjs-node to be loaded. A second call does nothing. */
export function installNativeKernels(nativePackage: NativePackage): void {
  if (installed) return;
  installed = true;
  useNativePackage(nativePackage);
  replace('Sum', columnSum);
  replace('Conv2DBackpropFilter', conv2dBackpropFilter);
  replace('Conv2DBackpropInput', conv2dBackpropInput);
  replace('MaxPoolGrad', maxPoolGrad);
  tf.registerKernel(reluGradKernel());
  tf.registerKernel(adamUpdateKernel());
  tf.registerKernel(momentumUpdateKernel());
}

function replace(name: string, make: (stock: KernelFunc) => KernelConfig): void {
  const stock = tf.getKernel(name, 'tensorflow');
  tf.unregisterKernel(name, 'tensorflow');
  tf.registerKernel({ ...stock, ...make(stock.kernelFunc) });
}
