import * as tf from '../../tensor/tf.ts';
import type { Constraint } from './layer-type.ts';

/** Keras adds it to each norm, so that nothing is divided by 0. */
const EPSILON = 1e-7;

/**
 * w · min(norm, maxNorm) / (norm + ε), as keras.constraints.MaxNorm, with a norm for each unit of a dense layer (Keras' axis 0) and each
 * filter of a convolution (axes 0, 1, 2): over all axes but the last. Inside `tf.tidy`.
 */
export function constrain(weights: tf.Variable, { maxNorm }: Constraint): void {
  const axes = weights.shape.slice(0, -1).map((_, axis) => axis);
  const norms = tf.sqrt(tf.sum(tf.square(weights), axes, true));
  const factors = tf.div(tf.minimum(norms, maxNorm), tf.add(norms, EPSILON));
  weights.assign(tf.mul(weights, factors));
}
