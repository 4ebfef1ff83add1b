/** A model as a TensorFlow.js layers model, measured again after what quantisation did to it. */
import type { JsonObject } from '../../base/json.ts';
import { StageFailure } from '../../core/stage-runner.ts';
import type { StageContext, StageRunner } from '../../core/stage-runner.ts';
import { agreement, evaluateLogits, meanKl } from '../../distill/evaluate.ts';
import { exportLayersModel } from '../../distill/layers-model/export.ts';
import type { Model } from '../../distill/model/model.ts';
import { openPrediction } from '../../distill/predict.ts';
import { readDataset } from '../artifacts/dataset.ts';
import type { ReadSplit } from '../artifacts/dataset.ts';
import type { SplitName } from '../artifacts/facts.ts';
import { jsonBytes } from '../artifacts/json-file.ts';
import { readModel } from '../artifacts/model.ts';
import { predictionProgress } from '../prediction-progress.ts';
import { checkWithInputs, inputOf } from '../stage-input.ts';
import { checkExport, parseExport } from './options.ts';
import { writePage } from './page.ts';
import { readmeText } from './readme.ts';

export const run: StageRunner = async (context) => {
  checkWithInputs(context, checkExport);
  const { quantization, page } = parseExport(context.options);
  const splits = await readSplits(context);
  const { model, bytes } = await readModel(inputOf(context, 'model'));
  try {
    const before = await predict(context, model, splits);
    const { scale } = first(splits).samples;
    const metadata = { inputScale: scale, outputs: 'logits' };
    const exported = exportLayersModel(model, { quantization, metadata });
    model.loadWeights(exported.weights);
    const after = await predict(context, model, splits);
    const metrics = {
      ...figures(splits, after, before),
      bytes: exported.bytes,
      parameters: model.parameters,
      original: { ...figures(splits, before), bytes },
    };
    await context.write('model.json', jsonBytes(exported.modelJson));
    for (const [path, shard] of Object.entries(exported.shards)) await context.write(path, shard);
    if (page) await writePage(context, { exported, shape: model.inputShape, split: first(splits) });
    await context.write('README.md', readmeText({ inputShape: model.inputShape, scale, quantization, page, metrics }));
    return { metrics };
  } finally {
    model.dispose();
  }
};

interface NamedSplit extends ReadSplit {
  readonly name: SplitName;
}

async function readSplits(context: StageContext): Promise<readonly NamedSplit[]> {
  const { splits: names } = parseExport(context.options);
  const dataset = await readDataset(inputOf(context, 'data'));
  const splits: NamedSplit[] = [];
  for (const name of names) {
    const split = await dataset.split(name);
    if (split !== undefined) splits.push({ name, ...split });
  }
  if (splits.length > 0) return splits;
  const message = `the data set has no ${names.join(' and no ')} images to measure the exported model on`;
  throw new StageFailure('bad-option', message, { pointer: '/with/splits' });
}

function first(splits: readonly NamedSplit[]): NamedSplit {
  const [split] = splits;
  if (split === undefined) throw new Error('no split');
  return split;
}

type Logits = Readonly<Partial<Record<SplitName, Float32Array>>>;

async function predict(context: StageContext, model: Model, splits: readonly NamedSplit[]): Promise<Logits> {
  const { batchSize } = parseExport(context.options);
  const prediction = openPrediction(model);
  try {
    const logits: Partial<Record<SplitName, Float32Array>> = {};
    for (const { name, samples } of splits) {
      const onProgress = predictionProgress(context, `measure on ${name}`);
      logits[name] = await prediction.logits(samples, { signal: context.signal, batchSize, onProgress });
    }
    return logits;
  } finally {
    prediction.close();
  }
}

/** @param original what the model was before, where there is something to compare with */
function figures(splits: readonly NamedSplit[], logits: Logits, original?: Logits): JsonObject {
  return Object.fromEntries(
    splits.map(({ name, samples: { labels, classes } }) => {
      const own = logits[name] ?? new Float32Array();
      const { accuracy, loss, errors } = evaluateLogits(own, labels, classes);
      const before = original?.[name];
      if (before === undefined) return [name, { accuracy, loss, errors }];
      const likeness = { agreement: agreement(before, own, classes), klToOriginal: meanKl(before, own, classes) };
      return [name, { accuracy, loss, errors, ...likeness }];
    }),
  );
}
