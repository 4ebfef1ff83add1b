/** A model as the layers of a TensorFlow.js model.json, with Keras' names of classes and options. */
import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { ActivationName } from '../model/activations.ts';
import type { InitializerName } from '../model/initializers.ts';
import type { LayerSpec } from '../model/layer-spec.ts';
import type { Shape } from '../model/layer-type.ts';
import { projection } from '../model/layers/residual.ts';
import { DATA, placeLayers } from '../model/placed-layers.ts';
import { inferShapes } from '../model/shapes.ts';
import { kerasActivations, kerasInitializers } from './keras-names.ts';

interface LayerNode {
  readonly className: string;
  readonly name: string;
  readonly config: JsonObject;
  /** The names of the nodes whose outputs it takes. */
  readonly inputs: readonly string[];
}

export interface Topology {
  /** The `modelTopology` of a model.json. */
  readonly json: JsonObject;
  /** What weights are called there, by their own names, where that is something else. */
  readonly renamed: ReadonlyMap<string, string>;
}

/** A chain of layers is a Sequential model; one with residual blocks is a Functional one, where layers name their inputs. */
export function layersTopology(layers: readonly LayerSpec[], inputShape: Shape): Topology {
  const placed = placeLayers(layers);
  const { shapes } = inferShapes(layers, inputShape);
  const nameOf = uniqueNames(placed.map(({ name }) => name));
  const data = nameOf('input');
  const outputs: string[] = [];
  const outputOf = (index: number): string => (index === DATA ? data : (outputs[index] ?? data));
  const shapeOf = (index: number): Shape => (index === DATA ? inputShape : (shapes[index] ?? inputShape));
  const renamed = new Map<string, string>();
  const nodes = placed.flatMap(({ spec, name, input, shortcut = input }) => {
    const made =
      spec.type === 'residual'
        ? sumNodes(spec, {
            name,
            nameOf,
            renamed,
            inputs: [outputOf(input), outputOf(shortcut)],
            shapes: [shapeOf(input), shapeOf(shortcut)],
          })
        : nodesOf(spec, { name, nameOf, input: outputOf(input) });
    if (spec.type === 'depthwiseConv2d') renamed.set(`${name}/kernel`, `${name}/depthwise_kernel`);
    outputs.push(made.at(-1)?.name ?? name);
    return made;
  });
  const functional = placed.some(({ spec }) => spec.type === 'residual');
  const model = functional ? functionalModel(nodes, data, inputShape) : sequentialModel(nodes, inputShape);
  return { json: { ...model, keras_version: 'tfjs-layers 4.22.0', backend: 'tensor_flow.js' }, renamed };
}

function sequentialModel(nodes: readonly LayerNode[], inputShape: Shape): JsonObject {
  const layers = nodes.map(({ className, name, config }, index) => ({
    class_name: className,
    config: { ...common(name), ...config, ...(index === 0 ? { batch_input_shape: [null, ...inputShape] } : {}) },
  }));
  return { class_name: 'Sequential', config: { name: 'sequential', layers } };
}

function functionalModel(nodes: readonly LayerNode[], data: string, inputShape: Shape): JsonObject {
  const entry = {
    class_name: 'InputLayer',
    name: data,
    config: { name: data, batch_input_shape: [null, ...inputShape], dtype: 'float32', sparse: false },
    inbound_nodes: [],
  };
  const layers = nodes.map(({ className, name, config, inputs }) => ({
    class_name: className,
    name,
    config: { ...common(name), ...config },
    inbound_nodes: [inputs.map((input) => [input, 0, 0, {}])],
  }));
  const ends = { input_layers: [[data, 0, 0]], output_layers: [[nodes.at(-1)?.name ?? data, 0, 0]] };
  return { class_name: 'Functional', config: { name: 'model', layers: [entry, ...layers], ...ends } };
}

function common(name: string): JsonObject {
  return { name, trainable: true, dtype: 'float32' };
}

type NameOf = (wanted: string) => string;

/** Names that no layer has yet. */
function uniqueNames(names: readonly string[]): NameOf {
  const taken = new Set(names);
  return (wanted) => {
    let name = wanted;
    for (let count = 1; taken.has(name); count++) name = `${wanted}_${count}`;
    taken.add(name);
    return name;
  };
}

interface Sum {
  readonly name: string;
  readonly nameOf: NameOf;
  /** Where the names of the projection's weights are told. */
  readonly renamed: Map<string, string>;
  /** Of the block's layers, and of the way around them. */
  readonly inputs: readonly [string, string];
  readonly shapes: readonly [Shape, Shape];
}

/** The end of a residual block: a projection where the shapes differ, the sum, and its activation. */
function sumNodes(spec: LayerSpec & { readonly type: 'residual' }, sum: Sum): readonly LayerNode[] {
  const { name, nameOf, renamed, inputs, shapes } = sum;
  const projected = shapes[0].join() === shapes[1].join() ? undefined : projection(shapes[1], shapes[0]);
  const activationNodes = (from: string): readonly LayerNode[] =>
    spec.activation === 'linear' ? [] : [activationNode(spec.activation, nameOf(`${name}_activation`), from)];
  if (projected === undefined) return [{ className: 'Add', name, config: {}, inputs }, ...activationNodes(name)];
  const around = nameOf(`${name}_projection`);
  for (const weight of ['kernel', 'bias']) renamed.set(`${name}/${weight}`, `${around}/${weight}`);
  const outputs = shapes[0].at(-1) ?? 0;
  const { strides } = projected;
  const [className, config]: [string, JsonObject] =
    strides === undefined
      ? ['Dense', { units: outputs }]
      : ['Conv2D', { filters: outputs, kernel_size: [1, 1], strides, padding: 'same', data_format: 'channels_last' }];
  const options = {
    ...config,
    use_bias: true,
    activation: 'linear',
    ...initializers({ kernel: 'glorotUniform', bias: 'zeros' }),
  };
  return [
    { className, name: around, config: options, inputs: [inputs[1]] },
    { className: 'Add', name, config: {}, inputs: [inputs[0], around] },
    ...activationNodes(name),
  ];
}

interface Place {
  readonly name: string;
  readonly nameOf: NameOf;
  readonly input: string;
}

function nodesOf(spec: Exclude<LayerSpec, { readonly type: 'residual' }>, place: Place): readonly LayerNode[] {
  const { name, nameOf, input } = place;
  const inputs = [input];
  switch (spec.type) {
    case 'dense': {
      const { units, useBias, kernelInitializer, biasInitializer } = spec;
      const config = {
        units,
        use_bias: useBias,
        ...initializers({ kernel: kernelInitializer, bias: biasInitializer }),
      };
      return activated({ className: 'Dense', name, config, inputs }, spec.activation, nameOf);
    }
    case 'conv2d': {
      const { filters, kernelInitializer, biasInitializer } = spec;
      const config = {
        filters,
        ...convolution(spec),
        ...initializers({ kernel: kernelInitializer, bias: biasInitializer }),
      };
      return activated({ className: 'Conv2D', name, config, inputs }, spec.activation, nameOf);
    }
    case 'depthwiseConv2d': {
      const { depthMultiplier, depthwiseInitializer, biasInitializer } = spec;
      const weights = initializers({ depthwise: depthwiseInitializer, bias: biasInitializer });
      const config = { depth_multiplier: depthMultiplier, ...convolution(spec), ...weights };
      return activated({ className: 'DepthwiseConv2D', name, config, inputs }, spec.activation, nameOf);
    }
    case 'maxPooling2d':
    case 'averagePooling2d': {
      const { poolSize, strides, padding } = spec;
      const config = { pool_size: poolSize, strides, padding, data_format: 'channels_last' };
      return [{ className: spec.type === 'maxPooling2d' ? 'MaxPooling2D' : 'AveragePooling2D', name, config, inputs }];
    }
    case 'batchNormalization': {
      const { momentum, epsilon, center, scale } = spec;
      return [
        { className: 'BatchNormalization', name, config: { axis: -1, momentum, epsilon, center, scale }, inputs },
      ];
    }
    case 'dropout':
      return [{ className: 'Dropout', name, config: { rate: spec.rate }, inputs }];
    case 'flatten':
      return [{ className: 'Flatten', name, config: { data_format: 'channels_last' }, inputs }];
    case 'activation':
      return [activationNode(spec.activation, name, input)];
  }
}

function convolution(spec: LayerSpec & { readonly type: 'conv2d' | 'depthwiseConv2d' }): JsonObject {
  const { kernelSize, strides, padding, dilationRate, useBias } = spec;
  return {
    kernel_size: kernelSize,
    strides,
    padding,
    data_format: 'channels_last',
    dilation_rate: dilationRate,
    use_bias: useBias,
  };
}

/** An activation that TensorFlow.js knows as a layer only is a layer of its own. */
function activated(node: LayerNode, activation: ActivationName, nameOf: NameOf): readonly LayerNode[] {
  if (activation !== 'leakyRelu') {
    return [{ ...node, config: { ...node.config, activation: kerasActivations[activation] } }];
  }
  const linear = { ...node, config: { ...node.config, activation: 'linear' } };
  return [linear, activationNode(activation, nameOf(`${node.name}_leaky_relu`), node.name)];
}

function activationNode(activation: ActivationName, name: string, input: string): LayerNode {
  const inputs = [input];
  if (activation === 'leakyRelu') return { className: 'LeakyReLU', name, config: { alpha: 0.2 }, inputs };
  return { className: 'Activation', name, config: { activation: kerasActivations[activation] }, inputs };
}

/** `kernel_initializer: { class_name, config, inputs }` for each weight. */
function initializers(names: Readonly<Record<string, InitializerName>>): Record<string, JsonValue> {
  return Object.fromEntries(
    Object.entries(names).map(([weight, name]) => [
      `${weight}_initializer`,
      { class_name: kerasInitializers[name], config: name === 'zeros' || name === 'ones' ? {} : { seed: null } },
    ]),
  );
}
