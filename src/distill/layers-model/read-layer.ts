/** A layer of Keras as one of ours, as it is written in YAML. */
import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { Shape } from '../model/layer-type.ts';
import { ImportProblem } from './import-problem.ts';
import { activationOf, initializerOf } from './keras-names.ts';
import type { TopologyNode } from './read-topology.ts';

/** Of a LeakyReLU that does not say it. */
const KERAS_ALPHA = 0.3;

/**
 * @param input the shape that the layer is given
 * @returns none for what computes nothing here
 * @throws ImportProblem with the layer's name
 */
export function readLayer(node: TopologyNode, input: Shape): readonly JsonObject[] {
  const { className, config, name } = node;
  const options = (more: JsonObject): JsonObject => ({ name, ...more });
  switch (className) {
    case 'Dense':
      return [
        { dense: options({ units: numberIn(node, 'units'), ...activated(node), ...initialized(node, 'kernel') }) },
      ];
    case 'Conv2D': {
      expectOption(node, 'groups', [1]);
      const convolution = { filters: numberIn(node, 'filters'), ...window(node, 'kernel_size') };
      return [
        { conv2d: options({ ...convolution, ...dilated(node), ...activated(node), ...initialized(node, 'kernel') }) },
      ];
    }
    case 'DepthwiseConv2D': {
      const convolution = { depthMultiplier: config['depth_multiplier'] ?? 1, ...window(node, 'kernel_size') };
      const initializers = initialized(node, 'depthwise');
      return [{ depthwiseConv2d: options({ ...convolution, ...dilated(node), ...activated(node), ...initializers }) }];
    }
    case 'MaxPooling2D':
      return [{ maxPooling2d: options(window(node, 'pool_size')) }];
    case 'AveragePooling2D':
      return [{ averagePooling2d: options(window(node, 'pool_size')) }];
    case 'GlobalAveragePooling2D':
    case 'GlobalMaxPooling2D': {
      expectOption(node, 'data_format', ['channels_last']);
      expectOption(node, 'keepdims', [false]);
      const pooling = className === 'GlobalMaxPooling2D' ? 'maxPooling2d' : 'averagePooling2d';
      return [{ [pooling]: options({ poolSize: input.slice(0, 2) }) }, { flatten: {} }];
    }
    case 'Flatten':
      expectOption(node, 'data_format', ['channels_last']);
      return [{ flatten: options({}) }];
    case 'Dropout':
      return [{ dropout: options({ rate: numberIn(node, 'rate') }) }];
    case 'BatchNormalization': {
      expectOption(node, 'axis', [-1, input.length]);
      const { momentum = 0.99, epsilon = 1e-3, center = true, scale = true } = config;
      return [{ batchNormalization: options({ momentum, epsilon, center, scale }) }];
    }
    case 'Activation':
      return [{ activation: options(activated(node, 'linear')) }];
    case 'Softmax':
      expectOption(node, 'axis', [-1]);
      return [{ activation: options({ activation: 'softmax' }) }];
    case 'ReLU':
      expectOption(node, 'negative_slope', [0]);
      expectOption(node, 'threshold', [0]);
      expectOption(node, 'max_value', [6]);
      return [{ activation: options({ activation: isGiven(config['max_value']) ? 'relu6' : 'relu' }) }];
    case 'LeakyReLU':
      if (config['alpha'] === undefined && config['negative_slope'] === undefined)
        throw otherOption(node, 'alpha', KERAS_ALPHA);
      expectOption(node, 'alpha', [0.2]);
      expectOption(node, 'negative_slope', [0.2]);
      return [{ activation: options({ activation: 'leakyRelu' }) }];
    case 'ELU':
      expectOption(node, 'alpha', [1]);
      return [{ activation: options({ activation: 'elu' }) }];
    case 'Reshape':
      if (isSameShape(config['target_shape'], input)) return [];
      throw otherOption(node, 'target_shape', config['target_shape']);
    default:
      throw new ImportProblem(
        `has a layer ${name} of the class ${className}, which this program does not have`,
        'its layers are listed in docs/layers.md; of any other model the logits can be imported: import-soft-labels',
      );
  }
}

/** Options of a window that moves over the image. */
function window(node: TopologyNode, size: 'kernel_size' | 'pool_size'): JsonObject {
  expectOption(node, 'data_format', ['channels_last']);
  expectOption(node, 'padding', ['valid', 'same']);
  const { padding = 'valid' } = node.config;
  const given = node.config[size];
  const strides = node.config['strides'] ?? (size === 'pool_size' ? given : 1) ?? null;
  return { [size === 'pool_size' ? 'poolSize' : 'kernelSize']: given ?? null, strides, padding };
}

function dilated({ config }: TopologyNode): JsonObject {
  return { dilationRate: config['dilation_rate'] ?? 1 };
}

/** @throws ImportProblem where the activation is none of ours */
function activated(node: TopologyNode, fallback?: string): JsonObject {
  const written = node.config['activation'] ?? fallback ?? 'linear';
  const activation = activationOf(written);
  if (activation === undefined) throw otherOption(node, 'activation', written);
  return { activation };
}

/** With `use_bias`; an initializer that this program does not have is only told to be the default, since no weight is drawn here. */
function initialized({ config }: TopologyNode, kernel: 'kernel' | 'depthwise'): JsonObject {
  const { use_bias: useBias = true } = config;
  return {
    useBias,
    [`${kernel}Initializer`]: initializerOf(config[`${kernel}_initializer`]) ?? 'glorotUniform',
    biasInitializer: initializerOf(config['bias_initializer']) ?? 'zeros',
  };
}

function numberIn(node: TopologyNode, option: string): number {
  const value = node.config[option];
  if (typeof value !== 'number') throw otherOption(node, option, value);
  return value;
}

/** An option that is not given, or null, is its default, which is among these. */
function expectOption(node: TopologyNode, option: string, allowed: readonly JsonValue[]): void {
  const value = node.config[option];
  // Old versions write an axis as a list of one.
  const single = Array.isArray(value) && value.length === 1 ? (value[0] as JsonValue) : value;
  if (isGiven(single) && !allowed.includes(single)) throw otherOption(node, option, value);
}

function isGiven(value: JsonValue | undefined): value is Exclude<JsonValue, null> {
  return value !== undefined && value !== null;
}

function otherOption({ name, className }: TopologyNode, option: string, value: JsonValue | undefined): ImportProblem {
  const shown = JSON.stringify(value ?? null);
  return new ImportProblem(
    `has a layer ${name} (${className}) whose ${option} is ${shown}, which this program does not compute`,
  );
}

function isSameShape(target: JsonValue | undefined, input: Shape): boolean {
  if (!Array.isArray(target)) return false;
  const known = target.map((size: JsonValue, index) => (size === -1 ? input[index] : size));
  return JSON.stringify(known) === JSON.stringify(input);
}
