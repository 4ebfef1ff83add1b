import type { Checkpoints, EpochFigures } from '../../core/stage-runner.ts';
import type { Augmentation } from '../augmentation/augmentation-spec.ts';
import type { LossSpec } from '../losses/loss-spec.ts';
import type { LayerSpec } from '../model/layer-spec.ts';
import type { Model } from '../model/model.ts';
import type { OptimizerSpec } from '../optimizers/optimizer-spec.ts';
import type { Samples } from '../samples.ts';
import type { FeatureRequest } from './feature-lessons.ts';
import type { EarlyStopping } from './early-stopping.ts';

export interface TrainRequest {
  readonly layers: readonly LayerSpec[];
  readonly optimizer: OptimizerSpec;
  readonly loss: LossSpec;
  readonly batchSize: number;
  readonly epochs: number;
  readonly earlyStopping?: EarlyStopping;
  /** The model of the best epoch, by early stopping's monitor (`validationLoss` without it), and not of the last. */
  readonly restoreBest?: boolean;
  readonly seed: number;
  readonly train: Samples;
  readonly validation?: Samples;
  /** [train.count, classes]: the teacher's raw logits, for losses that need them. */
  readonly teacherLogits?: Float32Array;
  /** Losses between layers, beside the one on logits. */
  readonly features?: FeatureRequest;
  /** How the training samples are moved, anew in each epoch. */
  readonly augmentation?: Augmentation;
  readonly checkpoints?: Checkpoints;
  readonly signal: AbortSignal;
  readonly onEpoch?: (epoch: EndedEpoch) => void;
  /** About 5 times a second. */
  readonly onProgress?: (progress: TrainProgress) => void;
}

export interface EndedEpoch {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  readonly figures: EpochFigures;
  readonly seconds: number;
  readonly samplesPerSecond: number;
  readonly secondsLeft: number;
}

export interface TrainProgress {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Samples of this epoch that are done, of `total`. */
  readonly done: number;
  readonly total: number;
  /** Means over this epoch so far. */
  readonly loss: number;
  readonly accuracy: number;
  readonly samplesPerSecond: number;
  /** Of the whole training. */
  readonly secondsLeft: number;
}

export interface Trained {
  /** The caller disposes of it. */
  readonly model: Model;
  /** Figures of each epoch: loss, accuracy, validationLoss, validationAccuracy, learningRate. */
  readonly history: readonly EpochFigures[];
  readonly lastEpoch: number;
  /** The epoch that the model is of, from 1. */
  readonly chosenEpoch: number;
  readonly stoppedEarly: boolean;
  /** Of the students beside it, as they were at the end; where there are some, and images to validate them on. */
  readonly peers?: readonly PeerFigures[];
}

export interface PeerFigures {
  readonly loss: number;
  readonly accuracy: number;
}
