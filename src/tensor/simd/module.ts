/**
 * Our WASM module, joined to the memory of TensorFlow.js' WASM backend: it reads and writes tensors where they are.
 *
 * Its sources are the .as files beside this one; `build.mjs` compiles them. Pointers are byte offsets in that memory.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { MODULE_BASE64 } from './module.generated.ts';

/** The part of WebAssembly used here: the types of Node 20 leave it to those of browsers. */
declare const WebAssembly: {
  readonly Memory: new () => object;
  readonly Module: new (binary: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

/** A function of the module; the parameters are named and explained in the .as files. All of them are numbers. */
type Kernel = (...parameters: number[]) => number;

export interface SimdModule {
  readonly adam: Kernel;
  readonly avgPoolGradient: Kernel;
  readonly columnSums: Kernel;
  readonly convolutionScratch: Kernel;
  readonly depthwiseFilterGradient: Kernel;
  readonly depthwiseInputGradient: Kernel;
  readonly filterGradient: Kernel;
  readonly inputGradient: Kernel;
  readonly maxPoolGradient: Kernel;
  readonly maxPoolGradient2x2: Kernel;
  readonly momentum: Kernel;
  readonly reluGradient: Kernel;
  readonly winogradFilter: Kernel;
  readonly winogradFilterGradient: Kernel;
  readonly winogradForward: Kernel;
  readonly winogradScratch: Kernel;
}

const modules = new WeakMap<BackendWasm, SimdModule>();

/** The module for this backend's memory; compiled at the first call. */
export function simdModule(backend: BackendWasm): SimdModule {
  let module = modules.get(backend);
  if (module === undefined) {
    const binary = new WebAssembly.Module(Buffer.from(MODULE_BASE64, 'base64'));
    const { exports } = new WebAssembly.Instance(binary, { env: { memory: memoryOf(backend) } });
    module = exports as SimdModule;
    modules.set(backend, module);
  }
  return module;
}

/** Emscripten keeps what its module exports in `asm`, the memory among it. */
function memoryOf(backend: BackendWasm): object {
  const { asm } = backend.wasm as unknown as { asm?: Record<string, unknown> };
  const memory = Object.values(asm ?? {}).find((value) => value instanceof WebAssembly.Memory);
  if (!(memory instanceof WebAssembly.Memory)) {
    throw new Error('The WASM backend of TensorFlow.js does not show its memory: is it another version than 4.22?');
  }
  return memory;
}
