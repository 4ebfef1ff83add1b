/** Keras' names of activations and initializers, beside ours. */
import { isJsonObject } from '../../base/json.ts';
import type { JsonValue } from '../../base/json.ts';
import type { ActivationName } from '../model/activations.ts';
import type { InitializerName } from '../model/initializers.ts';

/** TensorFlow.js has `leakyRelu` as a layer only. */
export const kerasActivations: Readonly<Record<Exclude<ActivationName, 'leakyRelu'>, string>> = {
  linear: 'linear',
  relu: 'relu',
  relu6: 'relu6',
  elu: 'elu',
  selu: 'selu',
  gelu: 'gelu',
  sigmoid: 'sigmoid',
  tanh: 'tanh',
  softmax: 'softmax',
  softplus: 'softplus',
  swish: 'swish',
};

export const kerasInitializers: Readonly<Record<InitializerName, string>> = {
  glorotUniform: 'GlorotUniform',
  glorotNormal: 'GlorotNormal',
  heUniform: 'HeUniform',
  heNormal: 'HeNormal',
  lecunUniform: 'LeCunUniform',
  lecunNormal: 'LeCunNormal',
  zeros: 'Zeros',
  ones: 'Ones',
};

const otherActivations: Readonly<Record<string, ActivationName>> = { silu: 'swish', leaky_relu: 'leakyRelu' };

/** Undefined for one that this program does not have. */
export function activationOf(written: JsonValue): ActivationName | undefined {
  if (typeof written !== 'string') return undefined;
  const found = Object.entries(kerasActivations).find(([, keras]) => keras === written);
  return (found?.[0] as ActivationName | undefined) ?? otherActivations[written];
}

/** `{ class_name: 'GlorotUniform', config }`, whatever the case of its letters. */
export function initializerOf(written: JsonValue | undefined): InitializerName | undefined {
  const name = isJsonObject(written) ? written['class_name'] : written;
  if (typeof name !== 'string') return undefined;
  const found = Object.entries(kerasInitializers).find(([, keras]) => keras.toLowerCase() === name.toLowerCase());
  return found?.[0] as InitializerName | undefined;
}
