import { StageFailure } from '../../core/stage-runner.ts';
import type { EpochFigures } from '../../core/stage-runner.ts';
import { generator } from '../../tensor/random.ts';
import { evaluateLogits } from '../evaluate.ts';
import { scheduledOptions } from '../losses/loss-spec.ts';
import { rateAt } from '../optimizers/learning-rate.ts';
import type { Prediction } from '../predict.ts';
import { ranges } from './batches.ts';
import type { Course } from './course.ts';
import { patienceOver, watchEpoch } from './early-stopping.ts';
import type { EarlyStopping } from './early-stopping.ts';
import { gradientShares } from './gradient-shares.ts';
import type { Pace } from './pace.ts';
import type { EndedEpoch, TrainRequest } from './request.ts';
import type { Learner, Lessons } from './step.ts';

export interface Training {
  readonly request: TrainRequest;
  readonly learner: Learner;
  readonly lessons: Lessons;
  readonly prediction: Prediction;
  readonly pace: Pace;
  /** The epoch of the checkpoint that this process went on from: rates count from there. */
  readonly resumedAt: number;
}

export interface TrainedEpoch {
  readonly course: Course;
  readonly ended: EndedEpoch;
}

/** One epoch of training and its validation. */
export async function trainEpoch(training: Training, before: Course): Promise<TrainedEpoch> {
  const { request, learner, pace } = training;
  const epoch = before.epoch + 1;
  const start = pace.seconds();
  const fitted = await fit(training, epoch);
  const samplesPerSecond = request.train.count / Math.max(1e-9, pace.seconds() - start);
  const figures = { ...fitted, ...(await validate(training)) };
  const weights = learner.model.readWeights();
  assertFinite(request, epoch, figures, [
    weights,
    ...(learner.peers?.students ?? []).map(({ model }) => model.readWeights()),
  ]);
  const ended = {
    epoch,
    epochs: request.epochs,
    figures,
    seconds: pace.seconds() - start,
    samplesPerSecond,
    secondsLeft: secondsLeft(training, epoch, 0),
  };
  const at = { epoch: before.epoch + 0.5, epochs: request.epochs };
  const shares = gradientShares(learner, { ...at, hints: epoch <= (request.features?.hintEpochs ?? 0) });
  return { course: judge(request, before, { ...figures, ...shares }, weights), ended };
}

async function fit(training: Training, epoch: number): Promise<EpochFigures> {
  const { request, lessons, pace } = training;
  const { epochs, optimizer, seed, onProgress } = request;
  const total = request.train.count;
  const batches = ranges(total, request.batchSize);
  const order = generator(seed, 'shuffle', epoch).permutation(total);
  const start = pace.seconds();
  lessons.begin(epoch);
  const hintEpochs = request.features?.hintEpochs ?? 0;
  const stage = { hints: epoch <= hintEpochs, start: epoch <= hintEpochs ? 0 : hintEpochs * batches.length };
  let learningRate = 0;
  for (const [index, range] of batches.entries()) {
    const step = (epoch - 1) * batches.length + index;
    learningRate = rateAt(optimizer.learningRate, step, epochs * batches.length);
    const moment = { step, learningRate, epoch: step / batches.length, epochs, ...stage };
    lessons.learn(order.subarray(range.start, range.end), moment);
    if (pace.report()) {
      const figures = lessons.means(range.end);
      assertFinite(request, epoch, figures);
      const samplesPerSecond = range.end / Math.max(1e-9, pace.seconds() - start);
      const left = secondsLeft(training, epoch - 1, range.end);
      onProgress?.({ epoch, epochs, done: range.end, total, ...figures, samplesPerSecond, secondsLeft: left });
    }
    await pace.pause();
  }
  lessons.settle();
  return {
    ...lessons.means(total),
    learningRate,
    ...scheduledOptions(request.loss, { epoch: epoch - 1 / batches.length, epochs }),
  };
}

async function validate({ request, prediction }: Training): Promise<EpochFigures> {
  const { validation, signal } = request;
  if (validation === undefined) return {};
  const logits = await prediction.logits(validation, { signal });
  const { loss, accuracy } = evaluateLogits(logits, validation.labels, validation.classes);
  return { validationLoss: loss, validationAccuracy: accuracy };
}

/** Adds the epoch to the course: is it the best so far, and is patience over? While it learns hints alone, it cannot be either. */
function judge(request: TrainRequest, before: Course, figures: EpochFigures, weights: Float32Array): Course {
  const { earlyStopping, restoreBest = false } = request;
  const epoch = before.epoch + 1;
  const history = [...before.history, figures];
  const onHints = epoch <= (request.features?.hintEpochs ?? 0);
  if (onHints || (earlyStopping === undefined && !restoreBest)) return { ...before, epoch, history };
  const rule: EarlyStopping = earlyStopping ?? { monitor: 'validationLoss', patience: Infinity, minDelta: 0 };
  const watch = watchEpoch(before.watch, rule, epoch, figures);
  const best = watch.bestEpoch === epoch ? weights : before.best;
  return { epoch, history, watch, stopped: patienceOver(watch, rule), best: restoreBest ? best : undefined };
}

/** At the pace of this process so far. */
function secondsLeft({ request, pace, resumedAt }: Training, epochsDone: number, samples: number): number {
  const done = epochsDone * request.train.count + samples;
  const here = done - resumedAt * request.train.count;
  return ((request.epochs * request.train.count - done) * pace.seconds()) / Math.max(1, here);
}

function assertFinite(
  request: TrainRequest,
  epoch: number,
  figures: EpochFigures,
  weights: readonly Float32Array[] = [],
): void {
  const { learningRate } = request.optimizer;
  const name = Object.keys(figures).find((figure) => !Number.isFinite(figures[figure]));
  const what = name === undefined ? 'a weight' : `the ${words(name)}`;
  const finite = name === undefined && weights.every((of) => of.every((weight) => Number.isFinite(weight)));
  if (finite) return;
  const { pixels, scale } = request.train;
  const raw = !(pixels instanceof Float32Array) && scale === 1 ? ', or pixels scaled to 0…1' : '';
  const rate = typeof learningRate === 'number' ? ` than ${learningRate}` : '';
  throw new StageFailure('not-a-number', `${what} is not a finite number any more in epoch ${epoch}`, {
    hint: `try a smaller learningRate${rate}${raw}`,
    pointer: '/with/optimizer',
  });
}

/** validationLoss → validation loss */
function words(figure: string): string {
  return figure.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
