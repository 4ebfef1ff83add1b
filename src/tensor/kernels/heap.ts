/** Tensors as places in the memory of the WASM backend. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { DataType, KernelConfig, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '../tf.ts';

/** What Emscripten gives its modules; the types of tfjs-backend-wasm expect it as globals, which we do not have. */
interface EmscriptenHeap {
  /** Replaced by a new view whenever the memory grows. */
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(address: number): void;
}

/** What a kernel of ours is given, with the types that TensorFlow.js leaves open. */
export interface KernelCall<Attributes = Record<string, never>> {
  readonly inputs: Record<string, TensorInfo | undefined>;
  readonly attrs: Attributes;
  readonly backend: BackendWasm;
}

/** A kernel for the WASM backend. */
export function wasmKernel<Attributes>(
  kernelName: string,
  run: (call: KernelCall<Attributes>) => TensorInfo | TensorInfo[],
): KernelConfig {
  return { kernelName, backendName: 'wasm', kernelFunc: run as unknown as KernelFunc };
}

/** The input of that name. @throws Error when the caller left it out. */
export function input(call: KernelCall<unknown>, name: string): TensorInfo {
  const info = call.inputs[name];
  if (info === undefined) throw new Error(`A kernel was called without its input '${name}'`);
  return info;
}

/** The byte offset of a tensor's first element. It stays valid when the memory grows. */
export function address(backend: BackendWasm, info: TensorInfo): number {
  const { memoryOffset } = backend.dataIdMap.get(info.dataId);
  return memoryOffset;
}

/** A new tensor, its content undefined. */
export function allocate(backend: BackendWasm, shape: readonly number[], dtype: DataType = 'float32'): TensorInfo {
  return backend.makeOutput([...shape], dtype);
}

/** Fills a float32 tensor with zeros. */
export function clear(backend: BackendWasm, info: TensorInfo): void {
  const start = address(backend, info);
  heapOf(backend).HEAPU8.fill(0, start, start + 4 * tf.util.sizeFromShape(info.shape));
}

/** Lends `use` this many bytes of memory. */
export function withScratch(backend: BackendWasm, bytes: number, use: (scratch: number) => void): void {
  const heap = heapOf(backend);
  const scratch = heap._malloc(bytes) >>> 0;
  if (scratch === 0) throw new Error(`The WASM memory has no room for ${bytes} bytes of scratch space`);
  try {
    use(scratch);
  } finally {
    heap._free(scratch);
  }
}

function heapOf(backend: BackendWasm): EmscriptenHeap {
  return backend.wasm as unknown as EmscriptenHeap;
}
