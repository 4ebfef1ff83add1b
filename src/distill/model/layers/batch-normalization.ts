import type * as TensorFlow from '../../../tensor/tf.ts';
import type { LayerType, WeightSpec } from '../layer-type.ts';

export interface BatchNormalizationSpec {
  readonly type: 'batchNormalization';
  readonly name?: string;
  readonly momentum: number;
  readonly epsilon: number;
  readonly center: boolean;
  readonly scale: boolean;
}

/**
 * gamma · (x − mean) / √(variance + epsilon) + beta for each channel (the last axis). When training, mean and variance are the
 * batch's, and the moving ones go `1 − momentum` of the way to them; the variance is the biased one in both, as in Keras.
 * Ioffe and Szegedy 2015 (arXiv 1502.03167).
 */
export const batchNormalization: LayerType<BatchNormalizationSpec> = {
  type: 'batchNormalization',
  defaults: { momentum: 0.99, epsilon: 1e-3, center: true, scale: true },
  outputShape: (_, input) => input,
  weights: ({ center, scale }, input) => {
    const shape = input.slice(-1);
    const gamma: WeightSpec = { name: 'gamma', shape, initializer: 'ones', trainable: true };
    const beta: WeightSpec = { name: 'beta', shape, initializer: 'zeros', trainable: true };
    return [
      ...(scale ? [gamma] : []),
      ...(center ? [beta] : []),
      { name: 'moving_mean', shape, initializer: 'zeros', trainable: false },
      { name: 'moving_variance', shape, initializer: 'ones', trainable: false },
    ];
  },
  forward: ({ tf }, { spec, x, weight, training }) => {
    const variable = (name: string): TensorFlow.Tensor1D => weight(name) as unknown as TensorFlow.Tensor1D;
    const [channels = 0] = x.shape.slice(-1);
    // TensorFlow.js has no gradient of a batch normalisation with one of them missing.
    const beta = spec.center ? variable('beta') : tf.zeros<TensorFlow.Rank.R1>([channels]);
    const gamma = spec.scale ? variable('gamma') : tf.ones<TensorFlow.Rank.R1>([channels]);
    if (!training) {
      return tf.batchNorm(x, variable('moving_mean'), variable('moving_variance'), beta, gamma, spec.epsilon);
    }
    const axes = x.shape.slice(0, -1).map((_, axis) => axis);
    const { mean, variance } = tf.moments(x, axes) as { mean: TensorFlow.Tensor1D; variance: TensorFlow.Tensor1D };
    const move = (moving: TensorFlow.Variable, now: TensorFlow.Tensor): void => {
      moving.assign(tf.add(tf.mul(moving, spec.momentum), tf.mul(now, 1 - spec.momentum)));
    };
    move(weight('moving_mean'), mean);
    move(weight('moving_variance'), variance);
    return tf.batchNorm(x, mean, variance, beta, gamma, spec.epsilon);
  },
};
