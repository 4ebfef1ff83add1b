/** Training: the loop over epochs, its checkpoints, and which epoch's weights it gives back. */
import { createOptimizer } from './optimizers/optimizer.ts';
import { needsTeacher, peerCount } from './losses/loss-spec.ts';
import { buildModel } from './model/model.ts';
import { assignVariables, readVariables } from './model/variables.ts';
import { evaluateLogits } from './evaluate.ts';
import { openPrediction, predictLogits } from './predict.ts';
import { beginning } from './training/course.ts';
import type { Course } from './training/course.ts';
import { decodeState, encodeState } from './training/checkpoint.ts';
import { openFeatureLessons } from './training/feature-lessons.ts';
import { trainEpoch } from './training/epoch.ts';
import { startPace } from './training/pace.ts';
import { openPeers } from './training/peers.ts';
import type { Peers } from './training/peers.ts';
import type { PeerFigures, TrainRequest, Trained } from './training/request.ts';
import { openLessons } from './training/step.ts';
import type { Learner } from './training/step.ts';

export type { EndedEpoch, TrainProgress, TrainRequest, Trained } from './training/request.ts';

/**
 * Trains a model from seeded initial weights, or goes on from the furthest checkpoint: what comes out is the same, bit for bit
 * on the WASM backend. An epoch takes the samples in a new order, the last batch may be smaller. `loss` in the figures is the
 * training's own; `validationLoss` is always the cross-entropy with the labels, so that losses can be compared.
 *
 * @throws signal.reason when aborted, at most 0.1 s and a batch later
 * @throws StageFailure `not-a-number` when the loss or a weight is no longer finite
 */
export async function train(request: TrainRequest): Promise<Trained> {
  checkRequest(request);
  const pace = startPace(request.signal);
  const { layers, train: samples, seed, loss, teacherLogits, augmentation, epochs, restoreBest = false } = request;
  const model = buildModel(layers, samples.shape, seed);
  const features = request.features && openFeatureLessons(request.features, model, seed);
  const count = peerCount(loss);
  const peers = count === 0 ? undefined : openPeers(count, layers, samples.shape, seed);
  const trainable = [...model.trainable, ...(features?.variables ?? []), ...(peers?.trainable ?? [])];
  const optimizer = createOptimizer(request.optimizer, trainable);
  const moved = augmentation === undefined ? {} : { augmentation };
  const learner: Learner = { model, optimizer, loss, seed, samples, teacherLogits, features, peers, ...moved };
  const lessons = openLessons(learner);
  const prediction = openPrediction(model);
  try {
    const resumed = await resume(request, learner);
    let course = resumed;
    while (course.epoch < epochs && !course.stopped) {
      // The hints were a training of their own: what follows begins with the weights that they left, and nothing else.
      if (course.epoch === request.features?.hintEpochs) optimizer.reset();
      const trained = await trainEpoch(
        { request, learner, lessons, prediction, pace, resumedAt: resumed.epoch },
        course,
      );
      course = trained.course;
      await save(request, learner, course);
      // Saved first: an epoch that was told of is not lost.
      request.onEpoch?.(trained.ended);
    }
    const { epoch, history, watch, stopped, best } = course;
    if (best !== undefined) model.loadWeights(best);
    const chosenEpoch = restoreBest ? watch.bestEpoch : epoch;
    const figures = await peerFigures(request, peers);
    return {
      ...{ model, history, lastEpoch: epoch, chosenEpoch, stoppedEarly: stopped && epoch < epochs },
      ...(figures === undefined ? {} : { peers: figures }),
    };
  } catch (error) {
    model.dispose();
    throw error;
  } finally {
    prediction.close();
    lessons.close();
    optimizer.dispose();
    features?.close();
    peers?.close();
  }
}

async function resume(
  { checkpoints, epochs }: TrainRequest,
  { model, optimizer, features, peers }: Learner,
): Promise<Course> {
  const checkpoint = await checkpoints?.latest(epochs);
  const sizeOf = (variables: readonly { readonly size: number }[]): number =>
    variables.reduce((sum, { size }) => sum + size, 0);
  const regressors = features?.variables ?? [];
  const others = peers?.variables ?? [];
  const sizes = {
    weights: model.parameters,
    slots: sizeOf(optimizer.slots),
    regressors: sizeOf(regressors),
    peers: sizeOf(others),
  };
  const state = checkpoint === undefined ? undefined : decodeState(checkpoint, sizes);
  if (state === undefined) return beginning;
  model.loadWeights(state.weights);
  assignVariables(optimizer.slots, state.slots);
  assignVariables(regressors, state.regressors);
  assignVariables(others, state.peers);
  return state.course;
}

async function save(
  { checkpoints }: TrainRequest,
  { model, optimizer, features, peers }: Learner,
  course: Course,
): Promise<void> {
  if (checkpoints === undefined) return;
  const slots = readVariables(optimizer.slots);
  const regressors = readVariables(features?.variables ?? []);
  const others = readVariables(peers?.variables ?? []);
  await checkpoints.save(encodeState({ course, weights: model.readWeights(), slots, regressors, peers: others }));
}

async function peerFigures(
  { validation, signal }: TrainRequest,
  peers: Peers | undefined,
): Promise<readonly PeerFigures[] | undefined> {
  if (validation === undefined || peers === undefined) return undefined;
  const figures: PeerFigures[] = [];
  for (const { model } of peers.students) {
    const logits = await predictLogits(model, validation, { signal });
    const { loss, accuracy } = evaluateLogits(logits, validation.labels, validation.classes);
    figures.push({ loss, accuracy });
  }
  return figures;
}

/** What the stage types have checked before; here it is a bug. */
function checkRequest(request: TrainRequest): void {
  const { train: samples, teacherLogits, loss } = request;
  if (samples.count === 0) throw new Error('there are no samples to train on');
  if (needsTeacher(loss) && teacherLogits?.length !== samples.count * samples.classes) {
    throw new Error(`${loss.method} needs a teacher's logits for each training sample`);
  }
}
