import type { StageRunner } from '../../core/stage-runner.ts';
import { StageFailure } from '../../core/stage-runner.ts';
import { predictLogits } from '../../distill/predict.ts';
import { readDataset } from '../artifacts/dataset.ts';
import type { SplitName } from '../artifacts/facts.ts';
import { readModel } from '../artifacts/model.ts';
import { writeSoftLabels } from '../artifacts/soft-labels.ts';
import type { SplitLogits } from '../artifacts/soft-labels.ts';
import { predictionProgress } from '../prediction-progress.ts';
import { checkWithInputs, inputOf } from '../stage-input.ts';
import { checkPredict, parsePredict } from './options.ts';

export const run: StageRunner = async (context) => {
  const { splits: names, batchSize } = parsePredict(context.options);
  const facts = checkWithInputs(context, checkPredict);
  const dataset = await readDataset(inputOf(context, 'data'));
  const { model } = await readModel(inputOf(context, 'teacher'));
  try {
    const splits: Partial<Record<SplitName, SplitLogits>> = {};
    const counts: Record<string, number> = {};
    for (const name of names) {
      const split = await dataset.split(name);
      if (split === undefined) continue;
      const onProgress = predictionProgress(context, `predict ${name}`);
      const logits = await predictLogits(model, split.samples, { signal: context.signal, batchSize, onProgress });
      splits[name] = { logits, imagesSha256: split.imagesSha256 };
      counts[name] = split.samples.count;
    }
    if (Object.keys(splits).length === 0) {
      const message = `the data set has no ${names.join(' and no ')} images`;
      throw new StageFailure('bad-option', message, { pointer: '/with/splits' });
    }
    await writeSoftLabels(context, { classes: dataset.classes, splits });
    return { metrics: { images: counts }, facts };
  } finally {
    model.dispose();
  }
};
