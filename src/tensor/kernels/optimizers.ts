/**
 * Optimiser updates as one pass over the parameters. Composed of operations, Adam makes ten passes for each variable.
 * They write new tensors: a variable's old data may be shared with tensors of the caller's.
 */
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { simdModule } from '../simd/module.ts';
import * as tf from '../tf.ts';
import { address, allocate, input, wasmKernel } from './heap.ts';
import type { KernelCall } from './heap.ts';

export const ADAM_UPDATE = 'AdamUpdate';
export const MOMENTUM_UPDATE = 'MomentumUpdate';

export interface AdamAttributes {
  readonly alpha: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

export interface MomentumAttributes {
  readonly learningRate: number;
  readonly momentum: number;
  readonly nesterov: boolean;
}

/** (w, m, v, grad) to the next (w, m, v). */
export function adamUpdateKernel(): KernelConfig {
  return wasmKernel<AdamAttributes>(ADAM_UPDATE, (call) =>
    update(call, ['w', 'm', 'v'], (pointers, next, size) => {
      const { alpha, beta1, beta2, epsilon } = call.attrs;
      simdModule(call.backend).adam(...pointers, ...next, size, alpha, 1 - beta1, 1 - beta2, epsilon);
    }),
  );
}

/** (w, m, grad) to the next (w, m). */
export function momentumUpdateKernel(): KernelConfig {
  return wasmKernel<MomentumAttributes>(MOMENTUM_UPDATE, (call) =>
    update(call, ['w', 'm'], (pointers, next, size) => {
      const { learningRate, momentum, nesterov } = call.attrs;
      simdModule(call.backend).momentum(...pointers, ...next, size, learningRate, momentum, Number(nesterov));
    }),
  );
}

type Pass = (pointers: number[], next: number[], size: number) => void;

function update(call: KernelCall<unknown>, names: readonly string[], pass: Pass): TensorInfo[] {
  const { backend } = call;
  const { shape } = input(call, 'w');
  const next = names.map(() => allocate(backend, shape));
  const pointers = [...names, 'grad'].map((name) => address(backend, input(call, name)));
  pass(
    pointers,
    next.map((info) => address(backend, info)),
    tf.util.sizeFromShape(shape),
  );
  return next;
}
