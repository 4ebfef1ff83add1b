/** What one run of a function asks of TensorFlow, operation by operation, so that it can be asked again as a graph. */
import { listening } from '../../changing.ts';
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
export function record(
  backend: NodeBackend,
  { inputs, state }: { readonly inputs: Readonly<Record<string, tf.Tensor>>; readonly state: readonly tf.Variable[] },
  work: () => void,
): Recording {
  const idOf = (tensor: tf.Tensor): number => backend.getInputTensorIds([tensor])[0] ?? -1;
  const sources = new Map<number, Source>();
  const nodes: RecordedNode[] = [];
  const numbers = new Set<string>();
  for (const [name, tensor] of Object.entries(inputs)) sources.set(idOf(tensor), { from: 'input', name });
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
  const asInput = (name: string, value: number): tf.Tensor => {
    const tensor = tf.scalar(value);
    backend.binding = plain;
    const id = idOf(tensor);
    backend.binding = recorder;
    sources.set(id, { from: 'input', name });
    numbers.add(name);
    return tensor;
  };
  backend.binding = recorder;
  try {
    listening(asInput, work);
  } finally {
    backend.binding = plain;
  }
  return {
    inputs: [
      ...Object.entries(inputs).map(([name, { shape }]) => ({ name, shape })),
      ...[...numbers].map((name) => ({ name, shape: [] })),
    ],
    state: state.map(({ shape }) => ({ shape })),
    nodes,
    results: state.map((variable) => sourceOf(idOf(variable), 'the state')),
  };
}
