/** A graph in the bytes of a SavedModel (TensorFlow's saved_model.proto), by the message classes that tfjs-node brings along. */
import type { Attribute } from '../operation.ts';
import type { Messages } from '../package.ts';
import type { Constant } from './recording.ts';
import type { GraphNode } from './graph.ts';

/** Names the only graph in it. */
export const TAG = 'serve';

/** The version of the GraphDef format that TensorFlow 2.9 wrote, the oldest that this package is used with: newer ones read it. */
const PRODUCER = 1087;

/** A generated message: setters by field. */
type Message = Record<string, (...args: unknown[]) => unknown>;
type Fields = Readonly<Record<string, unknown>>;

export function savedModel(messages: Messages, nodes: readonly GraphNode[]): Uint8Array {
  const make = maker(messages);
  const graph = make('GraphDef', {
    NodeList: nodes.map((node) => nodeMessage(make, node)),
    Versions: make('VersionDef', { Producer: PRODUCER }),
  });
  const about = make('MetaGraphDef.MetaInfoDef', { TagsList: [TAG] });
  const only = make('MetaGraphDef', { MetaInfoDef: about, GraphDef: graph });
  const model = make('SavedModel', { SavedModelSchemaVersion: 1, MetaGraphsList: [only] });
  return model['serializeBinary']?.() as Uint8Array;
}

type Make = (name: string, fields: Fields) => Message;

function maker(messages: Messages): Make {
  return (name, fields) => {
    let found: Messages = messages;
    for (const part of name.split('.')) found = found[part] as Messages;
    const message = new (found as unknown as new () => Message)();
    for (const [field, value] of Object.entries(fields)) {
      const set = message[`set${field}`];
      if (set === undefined) throw new Error(`tfjs-node's ${name} has no field ${field}`);
      set.call(message, value);
    }
    return message;
  };
}

function nodeMessage(make: Make, { name, operation, inputs, attributes, constant }: GraphNode): Message {
  const node = make('NodeDef', { Name: name, Op: operation, InputList: inputs });
  const map = node['getAttrMap']?.() as { set(name: string, value: Message): void };
  for (const attribute of attributes) map.set(attribute.name, attributeMessage(make, attribute));
  if (constant !== undefined) {
    map.set('dtype', make('AttrValue', { Type: constant.dtype }));
    map.set('value', make('AttrValue', { Tensor: tensorMessage(make, constant) }));
  }
  return node;
}

/** By the numbers of TF_AttrType. A list is one where the value is. */
function attributeMessage(make: Make, { name, type, value }: Attribute): Message {
  const field = ['S', 'I', 'F', 'B', 'Type'][type];
  if (type === 5) return make('AttrValue', { Shape: shapeMessage(make, value as number[]) });
  if (field === undefined) throw new Error(`the attribute ${name} is of a type that graphs are not made of here`);
  const encode = (each: unknown): unknown => (field === 'S' ? new TextEncoder().encode(each as string) : each);
  if (!Array.isArray(value)) return make('AttrValue', { [field]: encode(value) });
  return make('AttrValue', { List: make('AttrValue.ListValue', { [`${field}List`]: value.map(encode) }) });
}

function tensorMessage(make: Make, { dtype, shape, bytes }: Constant): Message {
  return make('Tensor', { Dtype: dtype, TensorShape: shapeMessage(make, shape), TensorContent: bytes });
}

function shapeMessage(make: Make, shape: readonly number[]): Message {
  return make('TensorShape', { DimList: shape.map((size) => make('TensorShape.Dim', { Size: size })) });
}
