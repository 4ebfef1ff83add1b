/** A process of its own: tfjs-node as it comes, and none of our kernels. Arguments: folder, model, folder of tfjs-node. */
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { BATCH, first, hold, readImages, type Images } from './worker.ts';

interface Tensor {
  data(): Promise<Float32Array>;
  dispose(): void;
}

interface Sequential {
  compile(options: { optimizer: unknown; loss: (labels: Tensor, logits: Tensor) => Tensor }): void;
  fit(x: Tensor, y: Tensor, options: { batchSize: number; epochs: number; verbose: number }): Promise<unknown>;
  predict(x: Tensor, options: { batchSize: number }): Tensor;
}

/** What is used of `@tensorflow/tfjs-node`. */
interface Tensorflow {
  readonly version: { readonly tfjs: string };
  readonly layers: Readonly<Record<string, (options?: Record<string, unknown>) => unknown>>;
  readonly train: { adam(rate: number): unknown };
  readonly losses: { softmaxCrossEntropy(labels: Tensor, logits: Tensor): Tensor };
  sequential(options: { layers: unknown[] }): Sequential;
  tensor(values: Float32Array, shape: number[]): Tensor;
  oneHot(labels: number[], classes: number): Tensor;
  backend(): { readonly binding?: { readonly TF_Version?: string } };
}

async function main([folder = '', name = '', native = '']: readonly string[]): Promise<void> {
  const tf = load(native);
  const layers = name === 'teacher' ? teacher(tf) : student(tf);
  const model = tf.sequential({ layers });
  model.compile({
    optimizer: tf.train.adam(0.001),
    loss: (labels, logits) => tf.losses.softmaxCrossEntropy(labels, logits),
  });
  const images = readImages(folder, 'train');
  const test = readImages(folder, 'test');
  const fit = async (chosen: Images): Promise<void> => {
    const [x, y] = [pixelsOf(tf, chosen), tf.oneHot([...chosen.labels], 10)];
    await model.fit(x, y, { batchSize: BATCH, epochs: 1, verbose: 0 });
    x.dispose();
    y.dispose();
  };
  await fit(first(images, BATCH * 10));
  await hold({
    train: () => fit(images),
    predict: () => model.predict(pixelsOf(tf, test), { batchSize: BATCH }).data(),
    labels: test.labels,
    about: `TensorFlow.js ${tf.version.tfjs} on libtensorflow ${tf.backend().binding?.TF_Version ?? 'unknown'}`,
  });
}

function load(native: string): Tensorflow {
  process.env['TF_NUM_INTRAOP_THREADS'] ??= String(availableParallelism());
  const require = createRequire(join(native, 'package.json'));
  // tfjs-node 4.22 calls a function that Node 23 removed.
  const util = require('node:util') as { isNullOrUndefined?: (value: unknown) => boolean };
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
  return require(native) as Tensorflow;
}

function teacher({ layers }: Tensorflow): unknown[] {
  const blocks = [32, 64, 64].flatMap((filters, index) => [
    layers['conv2d']?.({
      filters,
      kernelSize: 3,
      padding: 'same',
      activation: 'relu',
      ...(index === 0 ? { inputShape: [28, 28, 1] } : {}),
    }),
    layers['maxPooling2d']?.({ poolSize: 2 }),
  ]);
  return [...blocks, layers['flatten']?.(), layers['dense']?.({ units: 10 })];
}

function student({ layers }: Tensorflow): unknown[] {
  const flatten = layers['flatten']?.({ inputShape: [28, 28, 1] });
  return [flatten, layers['dense']?.({ units: 512, activation: 'sigmoid' }), layers['dense']?.({ units: 10 })];
}

function pixelsOf(tf: Tensorflow, { pixels, labels }: Images): Tensor {
  return tf.tensor(
    Float32Array.from(pixels, (pixel) => pixel / 255),
    [labels.length, 28, 28, 1],
  );
}

await main(process.argv.slice(2));
