/** TensorFlow's own operations, called by name through the native backend. */
import type { KernelConfig, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type * as tf from '../tf.ts';

/** What tfjs-node's backend has for its own kernels. Its types cannot be imported, since it may not be installed. */
export interface NodeBackend {
  binding: {
    readonly TF_FLOAT: number;
    readonly TF_INT32: number;
    readonly TF_INT64: number;
    readonly TF_ATTR_TYPE: number;
    readonly TF_ATTR_BOOL: number;
    readonly TF_ATTR_INT: number;
    readonly TF_ATTR_STRING: number;
    readonly TF_ATTR_SHAPE: number;
    executeOp(name: string, attributes: readonly Attribute[], inputs: readonly number[], outputs: number): Output[];
    createTensor(shape: number[], type: number, values: unknown): number;
    deleteTensor(id: number): void;
    loadSavedModel(folder: string, tags: string): number;
    runSavedModel(model: number, inputs: readonly number[], inputNames: string, outputNames: string): Output[];
    deleteSavedModel(model: number): void;
  };
  /** Of each tensor's data, TensorFlow's id for it. */
  readonly tensorMap: { get(dataId: object): { id: number } };
  /** How many tensors share the data. */
  refCount(dataId: object): number;
  incRef(dataId: object): void;
  createOutputTensor(output: Output): tf.Tensor;
  getInputTensorIds(tensors: readonly TensorInfo[]): number[];
  executeSingleOutput(name: string, attributes: readonly Attribute[], inputs: readonly TensorInfo[]): tf.Tensor;
}

/** A tensor of TensorFlow's that no tensor of TensorFlow.js stands for. */
interface Output {
  readonly id: number;
}

export interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** What a native kernel of ours is given, with the types that TensorFlow.js leaves open. */
export interface NativeCall<Attributes = Record<string, never>> {
  readonly inputs: Record<string, TensorInfo | undefined>;
  readonly attrs: Attributes;
  readonly backend: NodeBackend;
}

export function nativeKernel<Attributes>(
  kernelName: string,
  run: (call: NativeCall<Attributes>) => TensorInfo | TensorInfo[],
): KernelConfig {
  return { kernelName, backendName: 'tensorflow', kernelFunc: run as unknown as KernelFunc };
}

/** The input of that name, of float32. @throws Error when the caller left it out */
export function input({ inputs }: NativeCall<unknown>, name: string): TensorInfo {
  const info = inputs[name];
  if (info?.dtype !== 'float32') throw new Error(`A kernel was called without its input '${name}' of float32`);
  return info;
}

/** An operation's attribute that is the type of its float32 tensors. */
export function floats(backend: NodeBackend, name: 'T' | 'dtype'): Attribute {
  return typed(backend, name, backend.binding.TF_FLOAT);
}

/** An attribute that is a type. */
export function typed({ binding }: NodeBackend, name: string, value: number): Attribute {
  return { name, type: binding.TF_ATTR_TYPE, value };
}

export function flag({ binding }: NodeBackend, name: string, value: boolean): Attribute {
  return { name, type: binding.TF_ATTR_BOOL, value };
}

export function text({ binding }: NodeBackend, name: string, value: string): Attribute {
  return { name, type: binding.TF_ATTR_STRING, value };
}

export function integers({ binding }: NodeBackend, name: string, value: readonly number[]): Attribute {
  return { name, type: binding.TF_ATTR_INT, value };
}

/** Height and width, which TensorFlow.js takes as one number where they are equal. */
export function pair(value: number | [number, number]): [number, number] {
  return typeof value === 'number' ? [value, value] : value;
}
