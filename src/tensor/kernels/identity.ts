/** Identity on the WASM backend copies; recording a gradient clones every saved tensor, so it is shared instead. */
import type { KernelConfig } from '@tensorflow/tfjs-core';
import { input, wasmKernel } from './heap.ts';

/** The same data under a new tensor, as Reshape does it: data is never written after it was made. */
export function identity(): KernelConfig {
  return wasmKernel('Identity', (call) => {
    const { dataId, shape, dtype } = input(call, 'x');
    call.backend.incRef(dataId);
    return { dataId, shape, dtype };
  });
}
