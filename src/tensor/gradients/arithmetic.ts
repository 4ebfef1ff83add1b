/** Gradients of elementwise arithmetic. */
import type { GradConfig } from '@tensorflow/tfjs-core';
import * as tf from '../tf.ts';
import { fromInput, fromInputs, fromOutput, unbroadcast } from './define.ts';

export const arithmeticGradients: GradConfig[] = [
  fromInputs('Add', ['a', 'b'], (dy, [a, b]) => {
    return { a: () => unbroadcast(dy, a.shape), b: () => unbroadcast(dy, b.shape) };
  }),
  {
    kernelName: 'AddN',
    saveAllInputs: true,
    gradFunc: (dy, saved) =>
      Object.fromEntries(saved.map((_, index) => [String(index), () => tf.clone(dy as tf.Tensor)])),
  },
  fromInputs('Sub', ['a', 'b'], (dy, [a, b]) => {
    return { a: () => unbroadcast(dy, a.shape), b: () => tf.neg(unbroadcast(dy, b.shape)) };
  }),
  fromInputs('Multiply', ['a', 'b'], (dy, [a, b]) => {
    return {
      a: () => unbroadcast(tf.mul(dy, floats(b)), a.shape),
      b: () => unbroadcast(tf.mul(dy, floats(a)), b.shape),
    };
  }),
  fromInputs('RealDiv', ['a', 'b'], (dy, [a, b]) => {
    return {
      a: () => unbroadcast(tf.div(dy, floats(b)), a.shape),
      b: () => tf.neg(unbroadcast(tf.div(tf.mul(dy, floats(a)), tf.square(floats(b))), b.shape)),
    };
  }),
  fromInputs('SquaredDifference', ['a', 'b'], (dy, [a, b]) => {
    const slope = (): tf.Tensor => tf.mul(dy, tf.mul(tf.sub(a, b), 2));
    return { a: () => unbroadcast(slope(), a.shape), b: () => tf.neg(unbroadcast(slope(), b.shape)) };
  }),
  // Where both are equal, the gradient is a's, as in TensorFlow.
  fromInputs('Maximum', ['a', 'b'], (dy, [a, b]) => {
    return choice(dy, a, b, () => tf.greaterEqual(a, b));
  }),
  fromInputs('Minimum', ['a', 'b'], (dy, [a, b]) => {
    return choice(dy, a, b, () => tf.lessEqual(a, b));
  }),
  fromInputs('Pow', ['a', 'b'], (dy, [a, b]) => {
    const exponent = floats(b);
    return {
      a: () => unbroadcast(tf.mul(dy, tf.mul(exponent, tf.pow(a, tf.sub(exponent, 1)))), a.shape),
      b: () => {
        // The logarithm of 0 would turn 0 · log 0, which is 0, into NaN.
        const log = tf.where(tf.greater(a, 0), tf.log(a), tf.zerosLike(a));
        return unbroadcast(tf.mul(dy, tf.mul(tf.pow(a, exponent), log)), b.shape);
      },
    };
  }),
  unary('Abs', (dy, x) => tf.mul(dy, tf.sign(x))),
  unary('Cos', (dy, x) => tf.neg(tf.mul(dy, tf.sin(x)))),
  unary('Erf', (dy, x) => tf.mul(dy, tf.mul(tf.exp(tf.neg(tf.square(x))), 2 / Math.sqrt(Math.PI)))),
  unary('Log', (dy, x) => tf.div(dy, x)),
  unary('Log1p', (dy, x) => tf.div(dy, tf.add(x, 1))),
  unary('Neg', (dy) => tf.neg(dy)),
  unary('Sin', (dy, x) => tf.mul(dy, tf.cos(x))),
  unary('Square', (dy, x) => tf.mul(dy, tf.mul(floats(x), 2))),
  fromOutput('Exp', (dy, y) => ({ x: () => tf.mul(dy, y) })),
  fromOutput('Expm1', (dy, y) => ({ x: () => tf.mul(dy, tf.add(y, 1)) })),
  fromOutput('Reciprocal', (dy, y) => ({ x: () => tf.neg(tf.mul(dy, tf.square(y))) })),
  fromOutput('Rsqrt', (dy, y) => ({ x: () => tf.mul(dy, tf.mul(tf.pow(y, 3), -0.5)) })),
  fromOutput('Sqrt', (dy, y) => ({ x: () => tf.div(dy, tf.mul(y, 2)) })),
  fromInput('ClipByValue', 'x', (dy, x, { clipValueMin, clipValueMax }) => ({
    x: () => {
      const inside = tf.logicalAnd(tf.greaterEqual(x, clipValueMin as number), tf.lessEqual(x, clipValueMax as number));
      return tf.mul(dy, tf.cast(inside, 'float32'));
    },
  })),
  fromInput('Select', 'condition', (dy, condition) => ({
    condition: () => tf.zeros(condition.shape),
    t: () => tf.where(condition, dy, tf.zerosLike(dy)),
    e: () => tf.where(condition, tf.zerosLike(dy), dy),
  })),
  // Steps: no slope wherever there is one.
  ...['Ceil', 'Floor', 'Round', 'Sign', 'Step', 'ZerosLike', 'OnesLike'].map((name) =>
    unary(name, (dy) => tf.zerosLike(dy)),
  ),
];

function unary(kernelName: string, gradient: (dy: tf.Tensor, x: tf.Tensor) => tf.Tensor): GradConfig {
  return fromInput(kernelName, 'x', (dy, x) => ({ x: () => gradient(dy, x) }));
}

function choice(dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor, isA: () => tf.Tensor): Record<string, () => tf.Tensor> {
  return {
    a: () => unbroadcast(tf.mul(dy, tf.cast(isA(), 'float32')), a.shape),
    b: () => unbroadcast(tf.mul(dy, tf.cast(tf.logicalNot(isA()), 'float32')), b.shape),
  };
}

function floats(x: tf.Tensor): tf.Tensor {
  return x.dtype === 'float32' ? x : tf.cast(x, 'float32');
}
