/**
 * Loads exported models into the stock TensorFlow.js, in a process of its own: there no kernel and no gradient is ours.
 * Takes { folder, inputs: { shape, values } } as JSON on stdin, gives the logits as JSON.
 */
import '@tensorflow/tfjs-backend-cpu';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';

interface ModelJson {
  readonly modelTopology: object;
  readonly weightsManifest: readonly { readonly paths: string[]; readonly weights: tf.io.WeightsManifestEntry[] }[];
}

interface Request {
  readonly folder: string;
  readonly shape: number[];
  readonly values: number[];
}

const { folder, shape, values } = JSON.parse(readFileSync(0, 'utf8')) as Request;
await tf.setBackend('cpu');
const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as ModelJson;
const shards = weightsManifest.flatMap(({ paths }) => paths.map((path) => readFileSync(join(folder, path))));
const data = Uint8Array.from(Buffer.concat(shards));
const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
const model = await loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData: data.buffer }));
const logits = model.predict(tf.tensor(values, shape)) as tf.Tensor;
process.stdout.write(JSON.stringify([...logits.dataSync()]));
