/** What train-student adds to the options of training: distillation. */
import { isDeepStrictEqual } from 'node:util';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { isJsonObject } from '../../base/json.ts';
import type { ArtifactFacts } from '../../core/artifact.ts';
import type { LossFormula, OptionProblem, StageCheck } from '../../core/stage-type.ts';
import { normalizeFeatures, withFeatures } from '../../distill/losses/features/feature-spec.ts';
import {
  lossFormula,
  lossReadsTotal,
  normalizeDistillation,
  parseLoss,
  peerCount,
} from '../../distill/losses/loss-spec.ts';
import { readFacts, writeFacts } from '../artifacts/facts.ts';
import type { KnownFacts } from '../artifacts/facts.ts';
import { checkTraining, normalizeTraining, resumableTraining, trainingEffort } from '../training/options.ts';
import { distillationProblems } from './distillation-problems.ts';
import { featureProblems, parseFeatureOptions } from './feature-problems.ts';

export function normalizeStudent(options: JsonObject): JsonObject {
  const { distillation, ...rest } = options;
  const written = distillation === undefined ? undefined : normalizeLearning(distillation);
  return { ...normalizeTraining(rest), ...(written === undefined ? {} : { distillation: written }) };
}

/** The labels alone are what a student learns from without `distillation`, so that is how they are written. */
function normalizeLearning(distillation: JsonValue): JsonValue | undefined {
  const written = normalizeDistillation(distillation);
  if (!isJsonObject(written)) return written;
  const { features, hintEpochs, ...logits } = written;
  if (features === undefined && hintEpochs === undefined && isDeepStrictEqual(logits, { method: 'hardLabels' })) {
    return undefined;
  }
  return features === undefined
    ? written
    : { ...written, features: normalizeFeatures(features), hintEpochs: hintEpochs ?? 0 };
}

/** The part that is about logits. Undefined for a student that learns from the labels alone. */
export function parseDistillation(options: JsonObject): JsonObject | undefined {
  const { distillation } = options;
  if (!isJsonObject(distillation)) return undefined;
  const { features: _, hintEpochs: __, ...logits } = distillation;
  return logits;
}

/** As any training, unless a schedule of the loss depends on how many epochs there are. */
export function resumableStudent(options: JsonObject): JsonObject | undefined {
  return lossReadsTotal(parseLoss(parseDistillation(options))) ? undefined : resumableTraining(options);
}

/** Students that learn beside it are trained as it is. */
export function studentEffort(options: JsonObject): number {
  return trainingEffort(options) * (1 + peerCount(parseLoss(parseDistillation(options))));
}

export function studentLoss(options: JsonObject): LossFormula {
  const { features, hintEpochs } = parseFeatureOptions(options);
  return withFeatures(lossFormula(parseLoss(parseDistillation(options))), features, hintEpochs);
}

export function checkStudent(
  options: JsonObject,
  inputs: Readonly<Record<string, ArtifactFacts | undefined>>,
): StageCheck {
  const data = readFacts(inputs['data']);
  const training = checkTraining(options, data);
  const problems = [
    ...training.problems,
    ...distillationProblems(parseDistillation(options), 'softLabels' in inputs),
    ...fitProblems(data, readFacts(inputs['softLabels'])),
    ...featureProblems(options, inputs),
    ...('softLabels' in inputs && 'augmentation' in options ? [MOVED_AWAY] : []),
  ];
  return training.facts === undefined ? { problems } : { problems, facts: writeFacts(training.facts) };
}

/** The logits are for the images as they are: for moved ones they would be wrong, and nothing would tell. */
const MOVED_AWAY: OptionProblem = {
  code: 'bad-option',
  message: '`augmentation` moves the images anew in each epoch, and the soft labels are for the images as they are',
  hint: "give a transform-data stage `copies` and this `augmentation`, and its data set to both this stage and predict-soft-labels; or leave it out here, and write it in the teacher's train-teacher",
  pointer: '/with/augmentation',
  part: 'key',
};

function fitProblems(data: KnownFacts, softLabels: KnownFacts): OptionProblem[] {
  const problem = (message: string): OptionProblem => ({
    code: 'bad-option',
    message,
    hint: 'the teacher has to look at the same data set',
    pointer: '/needs/softLabels',
  });
  const { classes: ours } = data;
  const { classes: theirs } = softLabels;
  if (ours !== undefined && theirs !== undefined && ours !== theirs) {
    return [problem(`the soft labels are for ${theirs} classes, and the data set has ${ours}`)];
  }
  const images = data.counts?.train;
  const labelled = softLabels.counts?.train;
  if (images !== undefined && labelled !== undefined && images !== labelled) {
    return [problem(`the soft labels are for ${labelled} training images, and the data set has ${images}`)];
  }
  if (softLabels.counts !== undefined && labelled === undefined) {
    return [problem('the soft labels are not of the training images')];
  }
  return [];
}
