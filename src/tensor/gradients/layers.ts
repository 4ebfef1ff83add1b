/** Gradients of matrix products, pooling and batch normalisation; convolution's are in {@link ../kernels/}. */
import type { GradConfig } from '@tensorflow/tfjs-core';
import { conv2dGradient, fusedConv2dGradient } from '../kernels/convolution-gradient.ts';
import { depthwiseConv2dGradient } from '../kernels/depthwise-gradient.ts';
import * as tf from '../tf.ts';
import { fromInput, fromInputs, unbroadcast } from './define.ts';

export const layerGradients: GradConfig[] = [
  conv2dGradient,
  fusedConv2dGradient,
  depthwiseConv2dGradient,
  fromInputs('BatchMatMul', ['a', 'b'], (dy, [a, b], attrs) => {
    const { transposeA, transposeB } = attrs as unknown as { transposeA: boolean; transposeB: boolean };
    // With A = op(a) and B = op(b): dA = dy · Bᵀ, dB = Aᵀ · dy; an input that was transposed gets its transpose.
    return {
      a: () =>
        unbroadcast(transposeA ? tf.matMul(b, dy, transposeB, true) : tf.matMul(dy, b, false, !transposeB), a.shape),
      b: () =>
        unbroadcast(transposeB ? tf.matMul(dy, a, true, transposeA) : tf.matMul(a, dy, !transposeA, false), b.shape),
    };
  }),
  {
    kernelName: 'MaxPool',
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: (dy, saved, attrs) => {
      const [input, output] = saved as [tf.Tensor, tf.Tensor];
      return { x: () => tf.engine().runKernel('MaxPoolGrad', { dy: dy as tf.Tensor, input, output }, attrs) };
    },
  },
  fromInput('AvgPool', 'x', (dy, input, attrs) => ({
    x: () => tf.engine().runKernel('AvgPoolGrad', { dy, input }, attrs),
  })),
  // Without a scale, TensorFlow.js fails when it saves the inputs: give it ones.
  {
    kernelName: 'FusedBatchNorm',
    inputsToSave: ['x', 'mean', 'variance', 'scale'],
    gradFunc: (dy, saved, attrs) =>
      batchNormGradients(dy as tf.Tensor, saved as BatchNormInputs, attrs['varianceEpsilon'] as number),
  },
];

type BatchNormInputs = [x: tf.Tensor, mean: tf.Tensor, variance: tf.Tensor, scale: tf.Tensor];

function batchNormGradients(dy: tf.Tensor, [x, mean, variance, scale]: BatchNormInputs, varianceEpsilon: number) {
  // y = (x − mean) · scale / √(variance + ε) + offset
  const reciprocal = tf.rsqrt(tf.add(variance, varianceEpsilon));
  const factor = tf.mul(reciprocal, scale);
  const reduce = (gradient: tf.Tensor): tf.Tensor => unbroadcast(gradient, mean.shape);
  const covariance = (): tf.Tensor => reduce(tf.mul(dy, tf.sub(x, mean)));
  return {
    x: () => tf.mul(dy, factor),
    mean: () => tf.neg(tf.mul(reduce(dy), factor)),
    variance: () => tf.mul(tf.mul(covariance(), factor), tf.mul(tf.square(reciprocal), -0.5)),
    scale: () => tf.mul(covariance(), reciprocal),
    offset: () => reduce(dy),
  };
}
