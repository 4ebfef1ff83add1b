import { StageFailure } from '../../core/stage-runner.ts';
import type { StageContext, StageRunner } from '../../core/stage-runner.ts';
import { predictLogits } from '../../distill/predict.ts';
import { readDataset } from '../artifacts/dataset.ts';
import type { ReadDataset } from '../artifacts/dataset.ts';
import { writeEvaluation } from '../artifacts/evaluation.ts';
import type { EvaluatedImages, Evaluation } from '../artifacts/evaluation.ts';
import type { SplitName } from '../artifacts/facts.ts';
import { readModel } from '../artifacts/model.ts';
import { predictionProgress } from '../prediction-progress.ts';
import { checkWithInputs, inputOf } from '../stage-input.ts';
import { checkEvaluate, parseEvaluate } from './options.ts';
import { scoreModels } from './scores.ts';
import type { Predictions, SplitPredictions } from './scores.ts';

export const run: StageRunner = async (context) => {
  checkWithInputs(context, checkEvaluate);
  const dataset = await readDataset(inputOf(context, 'data'));
  const predictions: ModelPredictions[] = [];
  const names = Object.keys(context.inputs).filter((slot) => slot !== 'data');
  for (const name of names.sort()) predictions.push(await predictModel(context, dataset, name));
  const { classes } = dataset;
  const { models, metrics } = scoreModels(predictions, classes);
  // All of them have looked at the same images.
  await writeEvaluation(context, { classes, images: predictions[0]?.images ?? {}, models });
  return { metrics };
};

interface ModelPredictions extends Predictions {
  readonly images: Evaluation['images'];
}

async function predictModel(context: StageContext, dataset: ReadDataset, name: string): Promise<ModelPredictions> {
  const { splits: splitNames, batchSize } = parseEvaluate(context.options);
  const { model, bytes } = await readModel(inputOf(context, name));
  try {
    const splits: SplitPredictions[] = [];
    const images: Partial<Record<SplitName, EvaluatedImages>> = {};
    for (const splitName of splitNames) {
      const split = await dataset.split(splitName);
      if (split === undefined) continue;
      const onProgress = predictionProgress(context, `${name} on ${splitName}`);
      const logits = await predictLogits(model, split.samples, { signal: context.signal, batchSize, onProgress });
      splits.push({ name: splitName, logits, labels: split.samples.labels });
      images[splitName] = { count: split.samples.count, sha256: split.imagesSha256 };
    }
    if (splits.length === 0) {
      const message = `the data set has no ${splitNames.join(' and no ')} images`;
      throw new StageFailure('bad-option', message, { pointer: '/with/splits' });
    }
    return { name, parameters: model.parameters, bytes, splits, images };
  } finally {
    model.dispose();
  }
}
