/** Gradients of activations. ReLU's is a kernel of ours on the WASM backend. */
import type { GradConfig } from '@tensorflow/tfjs-core';
import { reluGradient } from '../kernels/relu.ts';
import * as tf from '../tf.ts';
import { fromInput, fromInputs, fromOutput, unbroadcast } from './define.ts';

/** Klambauer et al. 2017 (arXiv 1706.02515): the scale, and its product with alpha. */
const SELU_SCALE = 1.0507009873554805;
const SELU_SCALE_ALPHA = SELU_SCALE * 1.6732632423543772;

export const activationGradients: GradConfig[] = [
  reluGradient,
  fromInput('Relu6', 'x', (dy, x) => ({
    x: () => tf.mul(dy, tf.mul(tf.cast(tf.lessEqual(x, 6), 'float32'), tf.step(x))),
  })),
  fromOutput('Sigmoid', (dy, y) => ({ x: () => tf.mul(dy, tf.mul(y, tf.sub(1, y))) })),
  fromOutput('Tanh', (dy, y) => ({ x: () => tf.mul(dy, tf.sub(1, tf.square(y))) })),
  fromOutput('Elu', (dy, y) => ({
    x: () => tf.engine().runKernel('EluGrad', { dy, y }),
  })),
  fromInput('Selu', 'x', (dy, x) => ({
    x: () => {
      const falling = tf.mul(tf.exp(x), SELU_SCALE_ALPHA);
      return tf.mul(dy, tf.where(tf.greater(x, 0), tf.fill(x.shape, SELU_SCALE), falling));
    },
  })),
  fromInput('Softplus', 'x', (dy, x) => ({ x: () => tf.mul(dy, tf.sigmoid(x)) })),
  fromInput('LeakyRelu', 'x', (dy, x, { alpha }) => ({ x: () => tf.mul(dy, tf.step(x, alpha as number)) })),
  fromInputs('Prelu', ['x', 'alpha'], (dy, [x, alpha]) => {
    const positive = tf.greater(x, 0);
    return {
      x: () => tf.where(positive, dy, tf.mul(dy, alpha)),
      alpha: () => unbroadcast(tf.where(positive, tf.zerosLike(dy), tf.mul(dy, x)), alpha.shape),
    };
  }),
  fromOutput('Softmax', (dy, y, { dim }) => ({
    logits: () => {
      const product = tf.mul(dy, y);
      return tf.sub(product, tf.mul(tf.sum(product, dim as number, true), y));
    },
  })),
  fromOutput('LogSoftmax', (dy, y, { axis }) => ({
    logits: () => tf.sub(dy, tf.mul(tf.sum(dy, axis as number, true), tf.exp(y))),
  })),
];
