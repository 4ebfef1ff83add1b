import { StageFailure } from '../../core/stage-runner.ts';
import type { StageRunner } from '../../core/stage-runner.ts';
import { fitBias } from '../../distill/bias-correction.ts';
import type { Model } from '../../distill/model/model.ts';
import { predictLogits } from '../../distill/predict.ts';
import { readDataset } from '../artifacts/dataset.ts';
import { readModel, writeModel } from '../artifacts/model.ts';
import { predictionProgress } from '../prediction-progress.ts';
import { checkWithInputs, inputOf } from '../stage-input.ts';
import { checkCorrectBias, parseCorrectBias } from './options.ts';

export const run: StageRunner = async (context) => {
  const facts = checkWithInputs(context, checkCorrectBias);
  const { classes, batchSize } = parseCorrectBias(context.options);
  const dataset = await readDataset(inputOf(context, 'data'));
  const split = await dataset.split('validation');
  if (split === undefined) {
    throw new StageFailure('bad-option', 'the data set has no validation images', { pointer: '/needs/data' });
  }
  const { model } = await readModel(inputOf(context, 'model'));
  try {
    const onProgress = predictionProgress(context, 'predict validation');
    const logits = await predictLogits(model, split.samples, { signal: context.signal, batchSize, onProgress });
    const { labels } = split.samples;
    const { shift, before, after } = fitBias(logits, labels, { width: dataset.classes, classes });
    model.loadWeights(shifted(model, classes, shift));
    await writeModel(context, model);
    return { metrics: { shift, validationAccuracy: { before, after } }, facts };
  } finally {
    model.dispose();
  }
};

/** The weights with the last layer's biases of these classes moved. */
function shifted(model: Model, classes: readonly number[], shift: number): Float32Array {
  const values = model.readWeights();
  const last = model.layers.at(-1);
  const bias = model.weights.at(-1);
  if (last?.type !== 'dense' || last.activation !== 'linear' || bias?.name.endsWith('/bias') !== true) {
    throw new StageFailure('bad-option', 'the model does not end in a dense layer with biases and no activation', {
      hint: 'its logits have to come from such a layer',
      pointer: '/needs/model',
    });
  }
  const start = values.length - model.outputs;
  for (const label of classes) values[start + label] = (values[start + label] ?? 0) + shift;
  return values;
}
