/** TensorFlow.js' graph models (model.json of its converter), run by the converter's executor, which tfjs-node brings along. */
import { readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import * as tf from '../../tf.ts';
import { nativePackage } from '../package.ts';
import { choosePort, ForeignModelProblem, type ForeignModel, type Port, type PortChoice } from './foreign-model.ts';

export const GRAPH_MODEL = 'model.json';

/** What TensorFlow.js' tensors can be; it has no others. */
const TYPES: Readonly<Record<string, 'float32' | 'int32'>> = {
  DT_FLOAT: 'float32',
  DT_INT32: 'int32',
  DT_INT64: 'int32',
  DT_UINT8: 'int32',
};

/** @throws ForeignModelProblem */
export async function openGraphModel(folder: string, choice: PortChoice): Promise<ForeignModel> {
  const json = readModelJson(join(folder, GRAPH_MODEL));
  const { loadGraphModel, io } = nativePackage().tensorflow() as Converter;
  const weightData = readWeights(folder, json);
  const { modelTopology, signature, userDefinedMetadata, weightsManifest } = json;
  const artifacts = {
    modelTopology,
    weightSpecs: weightsManifest.flatMap(({ weights }) => weights),
    weightData,
    ...(signature === undefined ? {} : { signature }),
    ...(userDefinedMetadata === undefined ? {} : { userDefinedMetadata }),
  };
  let model: GraphModel;
  try {
    model = await loadGraphModel(io.fromMemory(artifacts));
  } catch (cause) {
    throw new ForeignModelProblem(`is not loaded by TensorFlow.js: ${messageOf(cause)}`);
  }
  try {
    return opened(model, json, choice);
  } catch (error) {
    model.dispose();
    throw error;
  }
}

function opened(model: GraphModel, { signature }: ModelJson, choice: PortChoice): ForeignModel {
  if (choice.signature !== undefined) {
    const hint = 'leave `signature` out';
    throw new ForeignModelProblem('is a graph model, which has one signature without a name', {
      hint,
      about: 'signature',
    });
  }
  const input = choosePort(signedPorts(signature?.inputs) ?? model.inputs.map(port), 'input', choice.input);
  const output = choosePort(signedPorts(signature?.outputs) ?? model.outputs.map(port), 'output', choice.output);
  const type = TYPES[input.type];
  if (type === undefined) {
    throw new ForeignModelProblem(`takes ${input.type} as "${input.name}", and numbers are expected`, {
      about: 'input',
    });
  }
  let isDynamic = false;
  return {
    input,
    output,
    run: async (images) => {
      const fed = { [input.tensor]: type === 'float32' ? tf.clone(images) : tf.cast(images, type) };
      try {
        if (!isDynamic) {
          try {
            return floats(model.execute(fed, output.tensor));
          } catch (error) {
            // Where the graph has branches or loops, which it says only when it is run.
            if (!messageOf(error).includes('executeAsync')) throw error;
            isDynamic = true;
          }
        }
        return floats(await model.executeAsync(fed, output.tensor));
      } finally {
        tf.dispose(fed);
      }
    },
    close: () => {
      model.dispose();
    },
  };
}

function floats(tensor: tf.Tensor): tf.Tensor {
  if (tensor.dtype === 'float32') return tensor;
  const cast = tf.cast(tensor, 'float32');
  tensor.dispose();
  return cast;
}

interface Converter {
  readonly loadGraphModel: (handler: unknown) => Promise<GraphModel>;
  readonly io: { fromMemory(artifacts: unknown): unknown };
}

interface GraphModel {
  readonly inputs: readonly NodeInfo[];
  readonly outputs: readonly NodeInfo[];
  execute(inputs: Readonly<Record<string, tf.Tensor>>, output: string): tf.Tensor;
  executeAsync(inputs: Readonly<Record<string, tf.Tensor>>, output: string): Promise<tf.Tensor>;
  dispose(): void;
}

/** A node of the graph without a signature. */
interface NodeInfo {
  readonly name: string;
  readonly shape?: readonly number[];
  readonly dtype?: string;
}

interface SignedTensor {
  readonly name: string;
  readonly dtype: string;
  readonly tensorShape?: {
    readonly dim?: readonly { readonly size?: string | number }[];
    readonly unknownRank?: boolean;
  };
}

interface ModelJson {
  readonly format?: string;
  readonly modelTopology: { readonly node?: unknown };
  readonly weightsManifest: readonly { readonly paths: readonly string[]; readonly weights: readonly unknown[] }[];
  readonly signature?: {
    readonly inputs?: Readonly<Record<string, SignedTensor>>;
    readonly outputs?: Readonly<Record<string, SignedTensor>>;
  };
  readonly userDefinedMetadata?: unknown;
}

interface TensorPort extends Port {
  readonly tensor: string;
}

function signedPorts(signed: Readonly<Record<string, SignedTensor>> | undefined): readonly TensorPort[] | undefined {
  if (signed === undefined) return undefined;
  return Object.entries(signed).map(([name, { name: tensor, dtype, tensorShape }]) => ({
    name,
    tensor,
    type: dtype,
    shape:
      tensorShape === undefined || tensorShape.unknownRank === true
        ? undefined
        : (tensorShape.dim ?? []).map(({ size }) => (Number(size) < 0 ? null : Number(size))),
  }));
}

function port({ name, shape, dtype }: NodeInfo): TensorPort {
  const type = dtype === 'int32' ? 'DT_INT32' : 'DT_FLOAT';
  return { name, tensor: name, type, shape: shape?.map((size) => (size < 0 ? null : size)) };
}

function readModelJson(file: string): ModelJson {
  let json: Partial<ModelJson> | null;
  try {
    json = JSON.parse(readFileSync(file, 'utf8')) as Partial<ModelJson> | null;
  } catch (cause) {
    throw new ForeignModelProblem(`has a ${GRAPH_MODEL} that cannot be read: ${messageOf(cause)}`);
  }
  if (json?.format === 'layers-model') {
    const hint = 'a stage of type import-model takes it, as a model that is measured and exported as any other';
    throw new ForeignModelProblem(`has a ${GRAPH_MODEL} of layers, not of a graph`, { hint });
  }
  if (json?.modelTopology?.node === undefined || !Array.isArray(json.weightsManifest)) {
    throw new ForeignModelProblem(`has a ${GRAPH_MODEL} that holds no graph model of TensorFlow.js`);
  }
  return json as ModelJson;
}

function readWeights(folder: string, { weightsManifest }: ModelJson): ArrayBuffer {
  const parts = weightsManifest
    .flatMap(({ paths }) => paths)
    .map((path) => {
      // What lies elsewhere is in nobody's key.
      const inside = normalize(path);
      if (inside.startsWith('..') || inside.startsWith('/')) {
        throw new ForeignModelProblem(`has weights outside of its folder: ${path}`);
      }
      try {
        return readFileSync(join(folder, inside));
      } catch {
        throw new ForeignModelProblem(`lacks the file ${path} of weights, which its ${GRAPH_MODEL} names`);
      }
    });
  return new Uint8Array(Buffer.concat(parts)).buffer;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
