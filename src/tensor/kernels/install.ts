/** Puts our kernels in the place of those that tfjs-backend-wasm lacks, or does slowly. */
import type { KernelConfig, KernelFunc } from '@tensorflow/tfjs-core';
import * as tf from '../tf.ts';
import { conv2d, conv2dBackpropFilter, conv2dBackpropInput, fusedConv2d } from './convolution.ts';
import { depthwiseConv2d, depthwiseFilterGradient, depthwiseInputGradient } from './depthwise.ts';
import { identity } from './identity.ts';
import { matMul } from './matmul.ts';
import { adamUpdateKernel, momentumUpdateKernel } from './optimizers.ts';
import { avgPoolGrad, maxPoolGrad } from './pool.ts';
import { columnReduction } from './reduce.ts';
import { reluGradKernel } from './relu.ts';

let installed = false;

/** Needs tfjs-backend-wasm to be imported. A second call does nothing. */
export function installKernels(): void {
  if (installed) return;
  installed = true;
  replace('Conv2D', conv2d);
  replace('FusedConv2D', fusedConv2d);
  replace('DepthwiseConv2dNative', depthwiseConv2d);
  replace('BatchMatMul', (stock) => matMul('BatchMatMul', stock));
  replace('_FusedMatMul', (stock) => matMul('_FusedMatMul', stock));
  replace('Sum', (stock) => columnReduction('Sum', stock));
  replace('Mean', (stock) => columnReduction('Mean', stock));
  replace('Identity', identity);
  replace('Conv2DBackpropInput', conv2dBackpropInput);
  replace('MaxPoolGrad', maxPoolGrad);
  replace('AvgPoolGrad', avgPoolGrad);
  tf.registerKernel(conv2dBackpropFilter());
  tf.registerKernel(depthwiseInputGradient());
  tf.registerKernel(depthwiseFilterGradient());
  tf.registerKernel(reluGradKernel());
  tf.registerKernel(adamUpdateKernel());
  tf.registerKernel(momentumUpdateKernel());
}

/** TensorFlow.js warns when a kernel is registered twice, so the old one is taken away first. */
function replace(name: string, make: (stock: KernelFunc) => KernelConfig): void {
  const stock = tf.getKernel(name, 'wasm');
  tf.unregisterKernel(name, 'wasm');
  // The set-up stays: it makes the entry points that the stock function calls.
  tf.registerKernel({ ...stock, ...make(stock.kernelFunc) });
}
