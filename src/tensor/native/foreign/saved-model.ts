/** TensorFlow's SavedModel (saved_model.proto), loaded and run by TensorFlow itself through tfjs-node's addon. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '../../tf.ts';
import { typed, type NodeBackend } from '../operation.ts';
import { nativePackage, type Messages } from '../package.ts';
import { choosePort, ForeignModelProblem, type ForeignModel, type Port, type PortChoice } from './foreign-model.ts';

export const SAVED_MODEL = 'saved_model.pb';

/** Types that TensorFlow's Cast knows, from and to float32. */
const NUMBERS = [
  ...['DT_FLOAT', 'DT_HALF', 'DT_BFLOAT16', 'DT_DOUBLE'],
  ...['DT_UINT8', 'DT_INT8', 'DT_UINT16', 'DT_INT16', 'DT_INT32', 'DT_INT64'],
];

/** @throws ForeignModelProblem */
export function openSavedModel(folder: string, choice: PortChoice): ForeignModel {
  const backend = tf.backend() as unknown as NodeBackend;
  const messages = nativePackage().messages();
  const types = messages['DataType'] as Readonly<Record<string, number>>;
  const graph = servedGraph(readGraphs(messages, join(folder, SAVED_MODEL)));
  const signature = chooseSignature(graph, choice.signature);
  const input = number(choosePort(ports(signature.getInputsMap(), types), 'input', choice.input), 'takes');
  const output = number(choosePort(ports(signature.getOutputsMap(), types), 'output', choice.output), 'gives');
  const session = load(backend, folder, graph);
  const float = types['DT_FLOAT'] ?? 1;
  const cast = (id: number, from: number, to: number) => {
    const attributes = [typed(backend, 'SrcT', from), typed(backend, 'DstT', to)];
    return only(backend.binding.executeOp('Cast', attributes, [id], 1));
  };
  return {
    input,
    output,
    run: (images) => {
      const [given = -1] = backend.getInputTensorIds([images]);
      const takes = types[input.type] ?? float;
      const fed = takes === float ? given : cast(given, float, takes).id;
      try {
        const result = only(backend.binding.runSavedModel(session, [fed], input.tensor, output.tensor));
        if (output.type === 'DT_FLOAT') return Promise.resolve(backend.createOutputTensor(result));
        const floats = cast(result.id, types[output.type] ?? float, float);
        backend.binding.deleteTensor(result.id);
        return Promise.resolve(backend.createOutputTensor(floats));
      } finally {
        if (fed !== given) backend.binding.deleteTensor(fed);
      }
    },
    close: () => {
      backend.binding.deleteSavedModel(session);
    },
  };
}

/** The parts of the generated messages that are read here. */
interface Graph {
  getMetaInfoDef(): { getTagsList(): readonly string[] } | undefined;
  getSignatureDefMap(): MessageMap<Signature>;
}

interface Signature {
  getInputsMap(): MessageMap<TensorInfo>;
  getOutputsMap(): MessageMap<TensorInfo>;
}

interface TensorInfo {
  getName(): string;
  getDtype(): number;
  getTensorShape():
    { getUnknownRank(): boolean; getDimList(): readonly { readonly getSize: () => number }[] } | undefined;
}

interface MessageMap<Value> {
  forEach(each: (value: Value, key: string) => void): void;
}

interface TensorPort extends Port {
  /** `StatefulPartitionedCall:0` */
  readonly tensor: string;
}

function readGraphs(messages: Messages, file: string): readonly Graph[] {
  const SavedModel = messages['SavedModel'] as {
    deserializeBinary(bytes: Uint8Array): { getMetaGraphsList(): readonly Graph[] };
  };
  try {
    return SavedModel.deserializeBinary(new Uint8Array(readFileSync(file))).getMetaGraphsList();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ForeignModelProblem(`has a ${SAVED_MODEL} that cannot be read: ${why}`);
  }
}

function tagsOf(graph: Graph): readonly string[] {
  return graph.getMetaInfoDef()?.getTagsList() ?? [];
}

/** The one for serving: with the tag `serve` and no other, if there is one. */
function servedGraph(graphs: readonly Graph[]): Graph {
  const served = graphs.filter((graph) => tagsOf(graph).includes('serve'));
  const [found] = [...served].sort((one, other) => tagsOf(one).length - tagsOf(other).length);
  if (found !== undefined) return found;
  const [first, another] = graphs;
  if (first !== undefined && another === undefined) return first;
  const tags = graphs.map((graph) => `{ ${tagsOf(graph).join(', ')} }`).join(', ');
  throw new ForeignModelProblem(`has no graph with the tag "serve"${tags === '' ? '' : `, but ${tags}`}`);
}

function chooseSignature(graph: Graph, wanted: string | undefined): Signature {
  const found = new Map<string, Signature>();
  graph.getSignatureDefMap().forEach((signature, name) => {
    if (!name.startsWith('__saved_model_')) found.set(name, signature);
  });
  const names = [...found.keys()].join(', ');
  const [only] = found.size === 1 ? [...found.values()] : [];
  const chosen = wanted === undefined ? (found.get('serving_default') ?? only) : found.get(wanted);
  if (chosen !== undefined) return chosen;
  if (found.size === 0) {
    throw new ForeignModelProblem('has no signature, and so does not say what goes in and out', {
      hint: 'save it with one: `tf.saved_model.save(model, folder, signatures=…)`, or `model.export(folder)` in Keras',
    });
  }
  throw new ForeignModelProblem(
    wanted === undefined ? `has several signatures: ${names}` : `has no signature "${wanted}"`,
    {
      hint: wanted === undefined ? 'name the one that is meant: `signature: …`' : `it has ${names}`,
      about: 'signature',
    },
  );
}

function ports(map: MessageMap<TensorInfo>, types: Readonly<Record<string, number>>): readonly TensorPort[] {
  const found: TensorPort[] = [];
  map.forEach((info, name) => {
    const shape = info.getTensorShape();
    const type = Object.keys(types).find((each) => types[each] === info.getDtype()) ?? String(info.getDtype());
    const sizes = shape?.getDimList().map((dimension) => dimension.getSize());
    found.push({
      name,
      type,
      tensor: info.getName(),
      shape: shape?.getUnknownRank() === true ? undefined : sizes?.map((size) => (size < 0 ? null : size)),
    });
  });
  return found;
}

function number(port: TensorPort, verb: 'takes' | 'gives'): TensorPort {
  const about = verb === 'takes' ? 'input' : 'output';
  if (NUMBERS.includes(port.type) && port.tensor !== '') return port;
  const hint = 'save it with a signature whose input is a tensor of pixels and whose output one of numbers';
  throw new ForeignModelProblem(`${verb} ${port.type} as "${port.name}", and numbers are expected`, { hint, about });
}

function load({ binding }: NodeBackend, folder: string, graph: Graph): number {
  try {
    return binding.loadSavedModel(folder, tagsOf(graph).join(','));
  } catch (cause) {
    throw new ForeignModelProblem(
      `is not loaded by TensorFlow: ${cause instanceof Error ? cause.message : String(cause)}`,
    );
  }
}

function only<T>(results: readonly T[]): T {
  const [result] = results;
  if (result === undefined) throw new Error('TensorFlow gave no tensor');
  return result;
}
