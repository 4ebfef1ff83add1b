import type { Digest } from '../../base/hash.ts';
import type { JsonValue } from '../../base/json.ts';
import type { EpochFigures, StageContext, StageOutcome } from '../../core/stage-runner.ts';
import { parseAugmentation } from '../../distill/augmentation/augmentation-spec.ts';
import type { LossSpec } from '../../distill/losses/loss-spec.ts';
import { parseLayers } from '../../distill/model/layer-spec.ts';
import { parseOptimizer } from '../../distill/optimizers/optimizer-spec.ts';
import type { Samples } from '../../distill/samples.ts';
import type { FeatureRequest } from '../../distill/training/feature-lessons.ts';
import { meanShares } from '../../distill/training/gradient-shares.ts';
import type { PeerFigures } from '../../distill/training/request.ts';
import { train } from '../../distill/train.ts';
import type { EndedEpoch, TrainProgress, Trained } from '../../distill/train.ts';
import { writeModel } from '../artifacts/model.ts';
import { writeTraining } from '../artifacts/training.ts';
import { parseTraining } from './options.ts';

export interface Lesson {
  readonly train: Samples;
  /** Of the training images. */
  readonly imagesSha256: Digest;
  readonly validation?: Samples;
  readonly loss: LossSpec;
  /** [train.count, classes], for losses that need them. */
  readonly teacherLogits?: Float32Array;
  readonly features?: FeatureRequest;
}

/** Trains a model as the options say, tells of each epoch, and writes the model. The backend is loaded. */
export async function trainModel(context: StageContext, lesson: Lesson): Promise<StageOutcome> {
  const options = parseTraining(context.options);
  const { batchSize, epochs, augmentation, earlyStopping, restoreBest } = options;
  const pace = meter();
  const trained = await train({
    ...lesson,
    layers: parseLayers(options.model),
    optimizer: parseOptimizer(options.optimizer),
    batchSize,
    epochs,
    ...(augmentation === undefined ? {} : { augmentation: parseAugmentation(augmentation) }),
    ...(earlyStopping === undefined ? {} : { earlyStopping }),
    restoreBest,
    seed: context.seed,
    checkpoints: context.checkpoints,
    signal: context.signal,
    onEpoch: (ended) => {
      pace.add(ended, lesson.train.count);
      context.emit({ type: 'epoch-ended', ...ended });
    },
    onProgress: (progress) => {
      context.emit(progressEvent(progress));
    },
  });
  const { model } = trained;
  try {
    await writeModel(context, model);
    const { count } = lesson.train;
    const stepsPerEpoch = Math.ceil(count / batchSize);
    await writeTraining(context, {
      images: { count, sha256: lesson.imagesSha256 },
      epochs: trained.lastEpoch,
      steps: trained.lastEpoch * stepsPerEpoch,
      mostSteps: epochs * stepsPerEpoch,
      options: context.options,
    });
    return {
      metrics: { ...trainingMetrics(trained), ...pace.metrics() },
      facts: {
        inputShape: model.inputShape,
        classes: model.outputs,
        parameters: model.parameters,
        layers: model.layerShapes,
      },
      epochs: trained.history,
    };
  } finally {
    model.dispose();
  }
}

function progressEvent(progress: TrainProgress): Parameters<StageContext['emit']>[0] {
  const { epoch, epochs, done, total, loss, accuracy, samplesPerSecond, secondsLeft } = progress;
  return {
    type: 'stage-progress',
    done,
    total,
    unit: 'samples',
    label: `epoch ${epoch}/${epochs}`,
    figures: { loss, accuracy },
    perSecond: samplesPerSecond,
    secondsLeft,
  };
}

/** `train` and `validation` are those of the epoch that the model is of; `last` tells where another one was chosen. */
function trainingMetrics({
  model,
  history,
  lastEpoch,
  chosenEpoch,
  stoppedEarly,
  peers,
}: Trained): Record<string, JsonValue> {
  const shares = meanShares(history);
  return {
    parameters: model.parameters,
    epochs: lastEpoch,
    chosenEpoch,
    stoppedEarly,
    ...bySplit(history[chosenEpoch - 1] ?? {}),
    last: bySplit(history[lastEpoch - 1] ?? {}),
    ...(shares === undefined ? {} : { gradientShares: shares }),
    ...(peers === undefined ? {} : { peers: byNumber(peers) }),
  };
}

/** By names, which tables and gates reach: `peers.1.validation.accuracy`. */
function byNumber(peers: readonly PeerFigures[]): Record<string, JsonValue> {
  return Object.fromEntries(peers.map((validation, index) => [String(index + 1), { validation: { ...validation } }]));
}

function bySplit(figures: EpochFigures): Record<string, JsonValue> {
  const { loss, accuracy, validationLoss, validationAccuracy } = figures;
  return {
    train: { loss: loss ?? null, accuracy: accuracy ?? null },
    ...(validationLoss === undefined || validationAccuracy === undefined
      ? {}
      : { validation: { loss: validationLoss, accuracy: validationAccuracy } }),
  };
}

/** Epochs that were trained in this run, not those of a checkpoint. */
function meter(): { add(ended: EndedEpoch, samples: number): void; metrics(): Record<string, JsonValue> } {
  let samples = 0;
  let seconds = 0;
  return {
    add: (ended, count) => {
      samples += count;
      seconds += count / Math.max(1e-9, ended.samplesPerSecond);
    },
    metrics: () => (samples === 0 ? {} : { samplesPerSecond: Math.round(samples / Math.max(1e-9, seconds)) }),
  };
}
