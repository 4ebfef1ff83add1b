/** Gradients of matrix products, pooling and batch normalisation; convolution's are in {@link ../kernels/}. */
import type { GradConfig } from '@tensorflow/tfjs-core';
import { conv2dGradient, fusedConv2dGradient } from '../kernels/convolution-gradient.ts';
import * as tf from '../tf.ts';
import { fromInputs, unbroadcast } from './define.ts';

export const layerGradients: GradConfig[] = [
  conv2dGradient,
  fusedConv2dGradient,
  fromInputs('BatchMatMul', ['a', 'b'], (dy, inputs, { transposeA, transposeB }) => {
    const [a, b] = inputs as [tf.Tensor, tf.Tensor];
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
  fromInputs('AvgPool', ['x'], (dy, [input], attrs) => ({
    x: () => tf.engine().runKernel('AvgPoolGrad', { dy, input: input! }, attrs),
  })),
  // Without a scale, TensorFlow.js fails when it saves the inputs: give it ones.
  fromInputs('FusedBatchNorm', ['x', 'mean', 'variance', 'scale'], (dy, saved, { varianceEpsilon }) => {
    const [x, mean, variance, scale] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    // y = (x − mean) · scale / √(variance + ε) + offset
    const reciprocal = tf.rsqrt(tf.add(variance, varianceEpsilon as number));
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
  }),
];
