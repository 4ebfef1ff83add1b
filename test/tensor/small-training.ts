/** A training of convolutions, pooling, batch normalisation, dropout, dense layers and several activations. */
import { conv2dBias } from '../../src/tensor/fused.ts';
import { adamUpdate } from '../../src/tensor/optimizer-kernels.ts';
import { generator } from '../../src/tensor/random.ts';
import * as tf from '../../src/tensor/tf.ts';

const BATCH = 16;
const SHAPES = [[3, 3, 1, 16], [16], [3, 3, 16, 16], [16], [16], [16], [2, 2, 16, 8], [72, 20], [20], [20, 4]];

/** The loss of every step, and the weights after the last. Everything that it makes is disposed of. */
export function train(steps: number): { losses: number[]; weights: Float32Array[] } {
  const weights = SHAPES.map((shape, i) => tf.tidy(() => tf.variable(uniform(`w${i}`, shape, i === 4 ? 1 : 0.3))));
  const slots = weights.map((w) =>
    tf.tidy(() => ({ m: tf.variable(tf.zerosLike(w)), v: tf.variable(tf.zerosLike(w)) })),
  );
  const x = uniform('x', [BATCH, 12, 12, 1], 1);
  const losses = Array.from({ length: steps }, (_, index) =>
    tf.tidy(() => {
      const { value, grads } = tf.variableGrads(() => loss(x, weights, index), weights);
      weights.forEach((w, i) => {
        const h = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, step: index + 1 };
        adamUpdate(w, grads[w.name]!, slots[i]!, h);
      });
      return value.dataSync()[0]!;
    }),
  );
  const result = { losses, weights: weights.map((w) => w.dataSync() as Float32Array) };
  tf.dispose([weights, slots, x] as tf.TensorContainer);
  return result;
}

function loss(x: tf.Tensor, weights: tf.Tensor[], step: number): tf.Scalar {
  const [k1, b1, k2, b2, scale, offset, k3, dense1, bias1, dense2] = weights as tf.Tensor[] & { length: 10 };
  const first = conv2dBias(x as tf.Tensor4D, k1 as tf.Tensor4D, b1 as tf.Tensor1D, {
    ...{ strides: 1, pad: 'same', activation: 'relu' },
  });
  const pooled = tf.maxPool(first, 2, 2, 'valid');
  const second = tf.add(tf.conv2d(pooled, k2 as tf.Tensor4D, 1, 'same'), b2!);
  const { mean, variance } = tf.moments(second, [0, 1, 2]);
  const normal = tf.batchNorm(
    second as tf.Tensor4D,
    mean as tf.Tensor1D,
    variance as tf.Tensor1D,
    offset as tf.Tensor1D,
    scale as tf.Tensor1D,
  );
  const third = tf.elu(tf.conv2d(tf.leakyRelu<tf.Tensor4D>(normal), k3 as tf.Tensor4D, [2, 2], 'same'));
  const features = tf.reshape(tf.avgPool(third, 2, 1, 'same'), [BATCH, 72]);
  const hidden = tf.tanh(tf.add(tf.matMul(features, dense1!), bias1!));
  const mask = new Float32Array(BATCH * 20);
  generator(1, 'dropout', step).fillBernoulli(mask, 0.8, 1 / 0.8);
  const logits = tf.matMul(tf.mul(tf.sigmoid(hidden), tf.tensor(mask, [BATCH, 20])), dense2!);
  const labels = tf.oneHot(
    tf.tensor1d(
      Array.from({ length: BATCH }, (_, i) => i % 4),
      'int32',
    ),
    4,
  );
  return tf.neg(tf.mean(tf.sum(tf.mul(labels, tf.logSoftmax(logits)), -1))) as tf.Scalar;
}

function uniform(name: string, shape: number[], range: number): tf.Tensor {
  const values = new Float32Array(tf.util.sizeFromShape(shape));
  generator(1, name).fillUniform(values, -range, range);
  return tf.tensor(values, shape);
}
