/** A TensorFlow.js layers model from files of the person's. */
import type { JsonValue } from '../../base/json.ts';
import { StageFailure } from '../../core/stage-runner.ts';
import type { StageContext, StageOutcome, StageRunner } from '../../core/stage-runner.ts';
import { evaluateLogits } from '../../distill/evaluate.ts';
import { ImportProblem } from '../../distill/layers-model/import-problem.ts';
import { importLayersModel, shardPaths } from '../../distill/layers-model/import.ts';
import type { ImportedModel } from '../../distill/layers-model/import.ts';
import type { Model } from '../../distill/model/model.ts';
import { predictLogits } from '../../distill/predict.ts';
import { readDataset } from '../artifacts/dataset.ts';
import { writeModel } from '../artifacts/model.ts';
import { modelFitProblems } from '../model-fit.ts';
import { readPersonsFile } from '../persons-file.ts';
import { predictionProgress } from '../prediction-progress.ts';
import { checkWithInputs } from '../stage-input.ts';
import { checkImportModel, fileName, parseImportModel } from './options.ts';

export const run: StageRunner = async (context) => {
  checkWithInputs(context, checkImportModel);
  const { model, softmaxDropped } = await importModel(context);
  try {
    if (softmaxDropped) {
      context.emit({ type: 'stage-note', message: 'the softmax at its end is left out: models here give logits' });
    }
    const { inputShape, outputs: classes, parameters, layerShapes: layers } = model;
    const facts = { inputShape, classes, parameters, layers };
    const measured = await measure(context, model, facts);
    await writeModel(context, model);
    return { metrics: { ...measured, parameters: model.parameters }, facts };
  } finally {
    model.dispose();
  }
};

async function importModel(context: StageContext): Promise<ImportedModel> {
  const { model: path, weights, inputShape } = parseImportModel(context.options);
  const modelJson = parseJson(await readPersonsFile(context, { path, pointer: '/with/model' }), path);
  try {
    const shards: Uint8Array[] = [];
    for (const named of shardPaths(modelJson)) {
      const index = weights.findIndex((each) => fileName(each) === fileName(named));
      if (index === -1) throw notNamed(path, shardPaths(modelJson));
      shards.push(await readPersonsFile(context, { path: weights[index] ?? '', pointer: `/with/weights/${index}` }));
    }
    context.signal.throwIfAborted();
    return importLayersModel(modelJson, Buffer.concat(shards), inputShape);
  } catch (error) {
    if (!(error instanceof ImportProblem)) throw error;
    const { message, hint } = error;
    throw new StageFailure('bad-option', `${path} ${message}`, {
      pointer: '/with/model',
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

function notNamed(path: string, named: readonly string[]): StageFailure {
  const folder = path.slice(0, path.length - fileName(path).length);
  const message = `${path} has its weights in ${named.join(', ')}, and \`weights\` does not name all of them`;
  const hint = `write \`weights: [${named.map((each) => `${folder}${each}`).join(', ')}]\``;
  return new StageFailure('bad-option', message, { pointer: '/with/weights', hint });
}

/** The check that the model and the images belong together: an accuracy that a person can look at. */
async function measure(
  context: StageContext,
  model: Model,
  facts: { readonly inputShape: readonly number[]; readonly classes: number },
): Promise<StageOutcome['metrics']> {
  const data = context.inputs['data'];
  if (data === undefined) return {};
  const [problem] = modelFitProblems({ data: data.facts, model: { ...facts } }, ['model']);
  if (problem !== undefined) {
    throw new StageFailure(problem.code, problem.message, {
      pointer: '/needs/data',
      hint: 'give it the data set that the model was trained on, or leave `data` out',
    });
  }
  const dataset = await readDataset(data);
  const name = (await dataset.split('validation')) === undefined ? 'train' : 'validation';
  const split = await dataset.split(name);
  if (split === undefined) return {};
  const { samples } = split;
  const onProgress = predictionProgress(context, `measure on ${name}`);
  const logits = await predictLogits(model, samples, { signal: context.signal, onProgress });
  const { accuracy, loss } = evaluateLogits(logits, samples.labels, samples.classes);
  return { [name]: { accuracy, loss } };
}

function parseJson(bytes: Uint8Array, path: string): JsonValue {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as JsonValue;
  } catch (cause) {
    throw new StageFailure('bad-option', `${path} is not JSON`, { pointer: '/with/model', cause });
  }
}
