/** The logits of a model that is no artifact: a SavedModel, or a graph of TensorFlow.js, in a folder of the person's. */
import { StageFailure } from '../../core/stage-runner.ts';
import type { StageContext, StageRunner } from '../../core/stage-runner.ts';
import { predictedClasses } from '../../distill/evaluate.ts';
import { ForeignModelProblem } from '../../tensor/native/foreign/foreign-model.ts';
import type { ForeignModel } from '../../tensor/native/foreign/foreign-model.ts';
import { openForeignModel } from '../../tensor/native/foreign/open.ts';
import { readDataset } from '../artifacts/dataset.ts';
import type { ReadSplit } from '../artifacts/dataset.ts';
import type { SplitName } from '../artifacts/facts.ts';
import { writeSoftLabels } from '../artifacts/soft-labels.ts';
import type { SplitLogits } from '../artifacts/soft-labels.ts';
import { readLogits } from '../given-logits/logits.ts';
import { LEAST_KAPPA, orderEvidence } from '../given-logits/order.ts';
import { fileFailure } from '../persons-file.ts';
import { checkWithInputs, inputOf } from '../stage-input.ts';
import { checkPredictSavedModel, parsePredictSavedModel } from './options.ts';
import { predictWith } from './predict.ts';

export const run: StageRunner = async (context) => {
  const facts = checkWithInputs(context, checkPredictSavedModel);
  const { splits: names } = parsePredictSavedModel(context.options);
  const dataset = await readDataset(inputOf(context, 'data'));
  const model = await openModel(context);
  try {
    const splits: Partial<Record<SplitName, SplitLogits>> = {};
    const counts: Record<string, number> = {};
    const accuracies: Record<string, number> = {};
    for (const name of names) {
      const split = await dataset.split(name);
      if (split === undefined) continue;
      const { logits, accuracy } = await predictSplit(context, model, { name, split });
      splits[name] = { logits, imagesSha256: split.imagesSha256 };
      counts[name] = split.samples.count;
      accuracies[name] = accuracy;
    }
    if (Object.keys(splits).length === 0) {
      const message = `the data set has no ${names.join(' and no ')} images`;
      throw new StageFailure('bad-option', message, { pointer: '/with/splits' });
    }
    await writeSoftLabels(context, { classes: dataset.classes, splits });
    return { metrics: { images: counts, accuracy: accuracies }, facts };
  } finally {
    model.close();
  }
};

async function openModel(context: StageContext): Promise<ForeignModel> {
  const { model: path, signature, input, output } = parsePredictSavedModel(context.options);
  try {
    return await openForeignModel(context.resolvePath(path), {
      ...(signature === undefined ? {} : { signature }),
      ...(input === undefined ? {} : { input }),
      ...(output === undefined ? {} : { output }),
    });
  } catch (error) {
    if (!(error instanceof ForeignModelProblem)) throw error;
    const { message, hint, about = 'model' } = error;
    throw fileFailure({ path, pointer: `/with/${about}` }, message, hint);
  }
}

async function predictSplit(
  context: StageContext,
  model: ForeignModel,
  { name, split }: { readonly name: SplitName; readonly split: ReadSplit },
): Promise<{ readonly logits: Float32Array; readonly accuracy: number }> {
  const { model: path, values } = parsePredictSavedModel(context.options);
  const { samples } = split;
  const { count, classes, labels } = samples;
  const given = await predictWith(context, model, { samples, label: `predict ${name}` });
  const read = readLogits({ shape: [count, classes], values: Float64Array.from(given) }, values, samples);
  if (!read.ok) {
    throw fileFailure(
      { path, pointer: '/with/model' },
      `${read.error.message}, for the ${name} images`,
      read.error.hint,
    );
  }
  const { logits, raised } = read.value;
  if (raised > 0)
    context.emit({ type: 'stage-note', message: `${path}: ${raised} probabilities of 0 count as 2^-126` });
  const { accuracy, chance, doubt } = orderEvidence(predictedClasses(logits, classes), labels, classes);
  if (doubt !== undefined && accuracy - chance < LEAST_KAPPA * (1 - chance)) {
    const message = `${path} ${doubt}: does it see pixels as it was trained on (\`pixels\`, \`normalize\`, \`layout\`), and count classes as the data set does?`;
    context.emit({ type: 'stage-note', message });
  }
  return { logits, accuracy };
}
