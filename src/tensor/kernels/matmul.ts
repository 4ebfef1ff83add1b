/**
 * Matrix products on the WASM backend: XNNPACK's, which are fast, are used only where nothing is transposed, and every
 * gradient of a dense layer transposes. So transposes are made first, as a pass of their own.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { KernelConfig, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '../tf.ts';
import { input, wasmKernel } from './heap.ts';

interface MatMulAttributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** BatchMatMul or _FusedMatMul, whose inputs are both called a and b. */
export function matMul(kernelName: string, stock: KernelFunc): KernelConfig {
  return wasmKernel<MatMulAttributes>(kernelName, (call) => {
    const { attrs, backend } = call;
    const made: TensorInfo[] = [];
    const plain = (info: TensorInfo, transpose: boolean): TensorInfo => {
      if (!transpose) return info;
      const turned = transposeLastTwo(backend, info);
      made.push(turned);
      return turned;
    };
    const a = plain(input(call, 'a'), attrs.transposeA);
    const b = plain(input(call, 'b'), attrs.transposeB);
    const product = stock({
      inputs: { ...call.inputs, a, b },
      backend,
      attrs: { ...attrs, transposeA: false, transposeB: false },
    });
    for (const info of made) backend.disposeData(info.dataId);
    return product;
  });
}

function transposeLastTwo(backend: BackendWasm, x: TensorInfo): TensorInfo {
  const rank = x.shape.length;
  const perm = x.shape.map((_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis));
  const transpose = tf.getKernel('Transpose', 'wasm').kernelFunc;
  return transpose({ inputs: { x }, backend, attrs: { perm } }) as TensorInfo;
}
