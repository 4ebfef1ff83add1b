/** A process of its own: `train` and `predictLogits` as the stages call them. Arguments: folder, model, backend. */
import type { JsonValue } from '../../src/base/json.ts';
import { parseLoss } from '../../src/distill/losses/loss-spec.ts';
import { normalizeModel, parseLayers } from '../../src/distill/model/layer-spec.ts';
import { normalizeOptimizer, parseOptimizer } from '../../src/distill/optimizers/optimizer-spec.ts';
import { predictLogits } from '../../src/distill/predict.ts';
import type { Samples } from '../../src/distill/samples.ts';
import { train, type Trained } from '../../src/distill/train.ts';
import { loadBackend } from '../../src/tensor/backend.ts';
import { BATCH, first, hold, readImages, type Images } from './worker.ts';

const convolution = (filters: number): JsonValue => ({
  conv2d: { filters, kernelSize: 3, padding: 'same', activation: 'relu' },
});
const pool = { maxPooling2d: 2 };
const models: Readonly<Record<string, JsonValue>> = {
  teacher: [convolution(32), pool, convolution(64), pool, convolution(64), pool, 'flatten', { dense: 10 }],
  student: ['flatten', { dense: { units: 512, activation: 'sigmoid' } }, { dense: 10 }],
};

async function main([folder = '', model = '', backend]: readonly string[]): Promise<void> {
  const facts = await loadBackend(backend === 'native' ? 'native' : 'wasm');
  const layers = parseLayers(normalizeModel(models[model] ?? null));
  const { signal } = new AbortController();
  const fit = (images: Images): Promise<Trained> =>
    train({
      layers,
      optimizer: parseOptimizer(normalizeOptimizer('adam')),
      loss: parseLoss(undefined),
      batchSize: BATCH,
      epochs: 1,
      seed: 1,
      train: samplesOf(images),
      signal,
    });
  const images = readImages(folder, 'train');
  const test = readImages(folder, 'test');
  const warm = await fit(first(images, BATCH * 10));
  warm.model.dispose();
  let trained: Trained | undefined;
  await hold({
    train: async () => (trained = await fit(images)),
    predict: async () => {
      if (trained === undefined) throw new Error('prediction comes after training');
      return predictLogits(trained.model, samplesOf(test), { signal, batchSize: BATCH });
    },
    labels: test.labels,
    about: `TensorFlow.js ${facts.tfjsVersion}${facts.libtensorflow === undefined ? '' : ` on libtensorflow ${facts.libtensorflow}`}`,
  });
}

function samplesOf({ pixels, labels }: Images): Samples {
  return { count: labels.length, shape: [28, 28, 1], pixels, scale: 1 / 255, labels, classes: 10 };
}

await main(process.argv.slice(2));
