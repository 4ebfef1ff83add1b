import type { KernelConfig } from '@tensorflow/tfjs-core';
import * as tf from './tf.ts';

/** Whether the current backend has a kernel; TensorFlow.js' type says that it has every one. */
export function hasKernel(name: string): boolean {
  return (tf.getKernel(name, tf.getBackend()) as KernelConfig | undefined) !== undefined;
}
