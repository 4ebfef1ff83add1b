import type { KernelConfig } from '@tensorflow/tfjs-core';
import { RELU_GRAD } from '../kernels/relu.ts';
import { floats, input, nativeKernel } from './operation.ts';

/** dx = dy where y > 0, else 0: one pass, where TensorFlow.js has five. */
export function reluGradKernel(): KernelConfig {
  return nativeKernel(RELU_GRAD, (call) =>
    call.backend.executeSingleOutput('ReluGrad', [floats(call.backend, 'T')], [input(call, 'dy'), input(call, 'y')]),
  );
}
