/** The `modelTopology` of a model.json as a list of nodes, whichever program and version wrote it. */
import { isJsonObject } from '../../base/json.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { ImportProblem } from './import-problem.ts';

export interface TopologyNode {
  readonly name: string;
  /** Keras' name: Conv2D. */
  readonly className: string;
  readonly config: JsonObject;
  /** The names of the nodes whose outputs it takes; none for the model's input. */
  readonly inputs: readonly string[];
}

export interface ReadTopology {
  /** Without the one for the input. */
  readonly nodes: readonly TopologyNode[];
  /** What the input is called by those that take it. */
  readonly input: string;
  /** Of one sample. */
  readonly inputShape: readonly number[];
  readonly output: string;
}

/** @throws ImportProblem */
export function readTopology(topology: JsonValue | undefined): ReadTopology {
  const outer = isJsonObject(topology) ? topology : {};
  const model = isJsonObject(outer['model_config']) ? outer['model_config'] : outer;
  const { class_name: className, config } = model;
  switch (className) {
    case 'Sequential':
      return readSequential(config ?? null);
    case 'Model':
    case 'Functional':
      return readFunctional(isJsonObject(config) ? config : {});
    default:
      throw new ImportProblem(
        `describes a model of the class ${JSON.stringify(className ?? null)}, and Sequential and Functional models are read`,
        'a model of a class of its own has no list of layers: give its logits to import-soft-labels',
      );
  }
}

const INPUT = '';

function readSequential(config: JsonValue): ReadTopology {
  // Old versions have the list itself.
  const layers = (Array.isArray(config) ? config : isJsonObject(config) ? config['layers'] : undefined) ?? [];
  const objects = (layers as readonly JsonValue[]).filter(isJsonObject);
  const [first] = objects;
  const nodes: TopologyNode[] = [];
  for (const layer of objects) {
    const node = nodeOf(layer, [nodes.at(-1)?.name ?? INPUT]);
    if (node.className !== 'InputLayer') nodes.push(node);
  }
  const build = isJsonObject(config) ? config['build_input_shape'] : undefined;
  const inputShape = shapeIn(isJsonObject(first?.['config']) ? first['config'] : {}) ?? sampleShape(build);
  return { nodes, input: INPUT, inputShape: known(inputShape), output: nodes.at(-1)?.name ?? INPUT };
}

function readFunctional(config: JsonObject): ReadTopology {
  const layers = Array.isArray(config['layers']) ? config['layers'].filter(isJsonObject) : [];
  const all = layers.map((layer) => nodeOf(layer, inboundNames(layer)));
  const [entry, ...others] = all.filter(({ className }) => className === 'InputLayer');
  if (entry === undefined || others.length > 0) {
    throw new ImportProblem(
      `has ${others.length + (entry === undefined ? 0 : 1)} inputs, and models of one input are read`,
    );
  }
  const outputs = namesIn(config['output_layers']);
  const [output = ''] = outputs;
  if (outputs.length !== 1) throw new ImportProblem(`has ${outputs.length} outputs, and models of one output are read`);
  const nodes = all.filter((node) => node !== entry);
  return { nodes, input: entry.name, inputShape: known(shapeIn(entry.config)), output };
}

function nodeOf(layer: JsonObject, inputs: readonly string[]): TopologyNode {
  const config = isJsonObject(layer['config']) ? layer['config'] : {};
  return { name: textOf(config['name'] ?? layer['name']), className: textOf(layer['class_name']), config, inputs };
}

/** [[["conv2d", 0, 0, {}]]], or in Keras 3 { args: [{ config: { keras_history: ["conv2d", 0, 0] } }] }. */
function inboundNames(layer: JsonObject): readonly string[] {
  const nodes = layer['inbound_nodes'];
  const calls: readonly JsonValue[] = Array.isArray(nodes) ? nodes : [];
  if (calls.length > 1) {
    throw new ImportProblem(
      `uses the layer ${textOf(layer['name'])} ${calls.length} times, and layers that are used once are read`,
    );
  }
  const [call] = calls;
  if (call === undefined) return [];
  if (isJsonObject(call)) return historiesIn(call['args'] ?? null);
  return namesIn(call);
}

function historiesIn(value: JsonValue): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item: JsonValue) => historiesIn(item));
  if (!isJsonObject(value)) return [];
  const history = value['keras_history'];
  if (Array.isArray(history)) return [String(history[0])];
  return Object.values(value).flatMap((item) => historiesIn(item));
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

/** One reference, ["dense", 0, 0], or a list of them. */
function namesIn(value: JsonValue | undefined): readonly string[] {
  if (!Array.isArray(value)) return [];
  if (typeof value[0] === 'string') return [value[0]];
  return value.flatMap((item: JsonValue) => namesIn(item));
}

function shapeIn(config: JsonObject): readonly number[] | undefined {
  return sampleShape(config['batch_input_shape'] ?? config['batch_shape']);
}

/** Without the batch; undefined where a size is not known. */
function sampleShape(shape: JsonValue | undefined): readonly number[] | undefined {
  if (!Array.isArray(shape)) return undefined;
  const sizes = shape.slice(1);
  return sizes.every((size): size is number => typeof size === 'number') ? sizes : undefined;
}

function known(shape: readonly number[] | undefined): readonly number[] {
  if (shape === undefined) throw new ImportProblem('does not say the shape of the input, or leaves a size of it open');
  return shape;
}
