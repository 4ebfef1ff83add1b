/** What one run of a function asks of TensorFlow, operation by operation, so that it can be asked again as a graph. */
import { listening, type Listener } from '../../changing.ts';
import * as tf from '../../tf.ts';
import type { Attribute, NodeBackend } from '../operation.ts';

/** Where an operation's input comes from. */
export type Source =
  | { readonly from: 'node'; readonly node: number; readonly output: number }
  | { readonly from: 'input'; readonly name: string }
  | { readonly from: 'state'; readonly index: number };

export interface Constant {
  readonly shape: readonly number[];
  /** TensorFlow's number for it. */
  readonly dtype: number;
  readonly bytes: Uint8Array;
}

export interface RecordedNode {
  readonly operation: string;
  readonly attributes: readonly Attribute[];
  readonly inputs: readonly Source[];
  /** Of a `Const`. */
  readonly constant?: Constant;
}

export interface Recording {
  readonly inputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly state: readonly { readonly shape: readonly number[] }[];
  readonly nodes: readonly RecordedNode[];
  /** What each variable of the state holds after it. */
  readonly results: readonly Source[];
  /** What it returned. */
  readonly outputs: readonly Source[];
}

export interface Rehearsal<At> {
  readonly recording: Recording;
  /** What is drawn anew in each step: inputs, too. */
  readonly draws: Readonly<
    Record<string, { readonly shape: readonly number[]; readonly draw: (at: At) => Float32Array }>
  >;
}

/** The function does something that a graph cannot repeat. */
export class NotRecordable extends Error {
  override readonly name = 'NotRecordable';
}

/**
 * Runs `work`, which really computes and changes the state.
 * @param inputs by name, float32
 * @throws NotRecordable
 */
export function record<At>(
  backend: NodeBackend,
  { inputs, state }: { readonly inputs: Readonly<Record<string, tf.Tensor>>; readonly state: readonly tf.Variable[] },
  work: () => readonly tf.Tensor[],
): Rehearsal<At> {
  const idOf = (tensor: tf.Tensor): number => backend.getInputTensorIds([tensor])[0] ?? -1;
  const sources = new Map<number, Source>();
  const nodes: RecordedNode[] = [];
  const shapes: Record<string, readonly number[]> = {};
  const draws: Record<string, { shape: readonly number[]; draw: (at: At) => Float32Array }> = {};
  for (const [name, tensor] of Object.entries(inputs)) {
    sources.set(idOf(tensor), { from: 'input', name });
    shapes[name] = tensor.shape;
  }
  for (const [index, variable] of state.entries()) sources.set(idOf(variable), { from: 'state', index });
  const sourceOf = (id: number, operation: string): Source => {
    const source = sources.get(id);
    if (source === undefined) throw new NotRecordable(`${operation} reads a tensor from outside the step`);
    return source;
  };
  const plain = backend.binding;
  const recorded: Pick<NodeBackend['binding'], 'createTensor' | 'executeOp'> = {
    createTensor: (shape, dtype, values) => {
      if (!ArrayBuffer.isView(values)) throw new NotRecordable('a tensor of text');
      const id = plain.createTensor(shape, dtype, values);
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
      nodes.push({ operation: 'Const', attributes: [], inputs: [], constant: { shape: [...shape], dtype, bytes } });
      sources.set(id, { from: 'node', node: nodes.length - 1, output: 0 });
      return id;
    },
    executeOp: (operation, attributes, ids, count) => {
      const outputs = plain.executeOp(operation, attributes, ids, count);
      nodes.push({ operation, attributes, inputs: ids.map((id) => sourceOf(id, operation)) });
      for (const [output, { id }] of outputs.entries()) {
        sources.set(id, { from: 'node', node: nodes.length - 1, output });
      }
      return outputs;
    },
  };
  // The addon's own properties cannot be assigned.
  const recorder = Object.create(plain, {
    createTensor: { value: recorded.createTensor },
    executeOp: { value: recorded.executeOp },
  }) as NodeBackend['binding'];
  const asInput = (name: string, tensor: () => tf.Tensor): tf.Tensor => {
    backend.binding = plain;
    const input = tensor();
    const id = idOf(input);
    backend.binding = recorder;
    sources.set(id, { from: 'input', name });
    shapes[name] = input.shape;
    return input;
  };
  const listener: Listener = {
    number: (name, value) => asInput(name, () => tf.scalar(value)),
    drawn: (name, shape, values, draw) => {
      draws[name] = { shape, draw: draw as (at: At) => Float32Array };
      return asInput(name, () => tf.tensor(values, [...shape]));
    },
  };
  let outputs: readonly Source[] = [];
  backend.binding = recorder;
  try {
    outputs = listening(listener, work).map((tensor) => sourceOf(idOf(tensor), 'the result'));
  } finally {
    backend.binding = plain;
  }
  const recording = {
    inputs: Object.entries(shapes).map(([name, shape]) => ({ name, shape })),
    state: state.map(({ shape }) => ({ shape })),
    nodes,
    results: state.map((variable) => sourceOf(idOf(variable), 'the state')),
    outputs,
  };
  return { recording, draws };
}
