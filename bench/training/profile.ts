/** Milliseconds per kernel of bare training steps, op by op. The steps are written out here: what a captured graph runs has no kernels to tell of. */
import { performance } from 'node:perf_hooks';
import { loadBackend } from '../../src/tensor/backend.ts';
import { conv2dBias } from '../../src/tensor/fused.ts';
import { adamUpdate } from '../../src/tensor/optimizer-kernels.ts';
import { generator } from '../../src/tensor/random.ts';
import * as tf from '../../src/tensor/tf.ts';
import { BATCH } from './worker.ts';

interface Model {
  readonly name: string;
  readonly weights: tf.Variable[];
  readonly logits: (x: tf.Tensor4D) => tf.Tensor2D;
}

export async function profileModels(backend: 'native' | 'wasm', steps: number): Promise<void> {
  await loadBackend(backend);
  for (const model of [teacher(), student()]) profile(model, steps);
}

function teacher(): Model {
  const shapes = [[3, 3, 1, 32], [32], [3, 3, 32, 64], [64], [3, 3, 64, 64], [64], [576, 10], [10]];
  const weights = shapes.map((shape) => tf.variable(randomTensor(shape, 0.05)));
  const [k1, b1, k2, b2, k3, b3, kernel, bias] = weights as [
    ...[tf.Variable<tf.Rank.R4>, tf.Variable<tf.Rank.R1>, tf.Variable<tf.Rank.R4>, tf.Variable<tf.Rank.R1>],
    ...[tf.Variable<tf.Rank.R4>, tf.Variable<tf.Rank.R1>, tf.Variable<tf.Rank.R2>, tf.Variable<tf.Rank.R1>],
  ];
  const block = (input: tf.Tensor4D, filter: tf.Tensor4D, offset: tf.Tensor1D): tf.Tensor4D =>
    tf.maxPool(conv2dBias(input, filter, offset, { strides: 1, pad: 'same', activation: 'relu' }), 2, 2, 'valid');
  return {
    name: 'teacher',
    weights,
    logits: (input) => {
      const features = block(block(block(input, k1, b1), k2, b2), k3, b3);
      return tf.add(tf.matMul(tf.reshape(features, [-1, 576]), kernel), bias);
    },
  };
}

function student(): Model {
  const weights = [[784, 512], [512], [512, 10], [10]].map((shape) => tf.variable(randomTensor(shape, 0.05)));
  const [k1, b1, k2, b2] = weights as [tf.Tensor2D, tf.Tensor1D, tf.Tensor2D, tf.Tensor1D] & tf.Variable[];
  return {
    name: 'student',
    weights,
    logits: (input) => {
      const hidden = tf.sigmoid(tf.add(tf.matMul(tf.reshape(input, [-1, 784]), k1), b1));
      return tf.add(tf.matMul(hidden as tf.Tensor2D, k2), b2);
    },
  };
}

function trainingStep({ weights, logits }: Model): () => void {
  const states = weights.map((w) => ({ w, m: tf.variable(tf.zerosLike(w)), v: tf.variable(tf.zerosLike(w)) }));
  const x = randomTensor([BATCH, 28, 28, 1], 1) as tf.Tensor4D;
  const classes = Array.from({ length: BATCH }, (_, index) => index % 10);
  const labels = tf.oneHot(tf.tensor1d(classes, 'int32'), 10);
  let step = 0;
  return () => {
    step++;
    tf.tidy(() => {
      const loss = () => tf.neg(tf.mean(tf.sum(tf.mul(labels, tf.logSoftmax(logits(x))), -1))) as tf.Scalar;
      const { grads } = tf.variableGrads(loss, weights);
      for (const { w, m, v } of states) {
        const h = { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, step };
        adamUpdate(w, grads[w.name] ?? tf.zerosLike(w), { m, v }, h);
      }
    });
  };
}

/** Milliseconds per kernel and step: the kernels are wrapped, because tf.profile reads every result back. */
function profile(model: Model, steps: number): void {
  const totals = new Map<string, { milliseconds: number; calls: number }>();
  const stock = tf.getKernelsForBackend(tf.getBackend());
  for (const kernel of stock) {
    const entry = { milliseconds: 0, calls: 0 };
    totals.set(kernel.kernelName, entry);
    tf.unregisterKernel(kernel.kernelName, tf.getBackend());
    tf.registerKernel({
      ...kernel,
      kernelFunc: (call) => {
        const start = performance.now();
        const result = kernel.kernelFunc(call);
        entry.milliseconds += performance.now() - start;
        entry.calls++;
        return result;
      },
    });
  }
  const step = trainingStep(model);
  for (let i = 0; i < 5; i++) step();
  for (const entry of totals.values()) Object.assign(entry, { milliseconds: 0, calls: 0 });
  const start = performance.now();
  for (let i = 0; i < steps; i++) step();
  console.log(`\n${model.name}: ${((performance.now() - start) / steps).toFixed(2)} ms a step`);
  for (const [name, { milliseconds, calls }] of [...totals].sort((a, b) => b[1].milliseconds - a[1].milliseconds)) {
    if (calls > 0) console.log(`${(milliseconds / steps).toFixed(3).padStart(9)} ms ${calls / steps} × ${name}`);
  }
  for (const kernel of stock) {
    tf.unregisterKernel(kernel.kernelName, tf.getBackend());
    tf.registerKernel(kernel);
  }
}

function randomTensor(shape: number[], range: number): tf.Tensor {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  generator(1, 'bench', ...shape).fillUniform(values, -range, range);
  return tf.tensor(values, shape);
}
