/** Activations by Keras' names in camel case. TensorFlow is handed in: the names are known without it. */
import type * as TensorFlow from '../../tensor/tf.ts';

export type ActivationName = keyof typeof activations;

type Activation = (tf: typeof TensorFlow, x: TensorFlow.Tensor) => TensorFlow.Tensor;

const activations = {
  linear: (_, x) => x,
  relu: (tf, x) => tf.relu(x),
  relu6: (tf, x) => tf.relu6(x),
  /** Negative slope 0.2, as `keras.activations.leaky_relu`. */
  leakyRelu: (tf, x) => tf.leakyRelu(x, 0.2),
  elu: (tf, x) => tf.elu(x),
  selu: (tf, x) => tf.selu(x),
  /** Exact, not the approximation by tanh: x · Φ(x). Hendrycks and Gimpel 2016 (arXiv 1606.08415). */
  gelu: (tf, x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)),
  sigmoid: (tf, x) => tf.sigmoid(x),
  tanh: (tf, x) => tf.tanh(x),
  softmax: (tf, x) => tf.softmax(x),
  softplus: (tf, x) => tf.softplus(x),
  /** x · sigmoid(x); Keras knows it as silu, too. */
  swish: (tf, x) => tf.mul(x, tf.sigmoid(x)),
} satisfies Record<string, Activation>;

export function activate(tf: typeof TensorFlow, name: ActivationName, x: TensorFlow.Tensor): TensorFlow.Tensor {
  return activations[name](tf, x);
}
