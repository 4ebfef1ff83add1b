import { generator } from '../../tensor/random.ts';
import * as tf from '../../tensor/tf.ts';
import { batchLoss } from '../losses/loss.ts';
import type { LossSpec } from '../losses/loss-spec.ts';
import type { Model } from '../model/model.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import type { Samples } from '../samples.ts';
import { batchPixels, batchRows, oneHotLabels } from './batches.ts';
import type { Totals } from './totals.ts';

/** What does not change from step to step. */
export interface Learner {
  readonly model: Model;
  readonly optimizer: Optimizer;
  readonly loss: LossSpec;
  readonly seed: number;
  readonly samples: Samples;
  /** [samples.count, classes] */
  readonly teacherLogits: Float32Array | undefined;
}

/**
 * One batch: forward, backward, update. Leaves no tensor behind and reads nothing back.
 * @param step from 0, over all epochs: it names the dropout masks
 */
export function learn(
  learner: Learner,
  indices: Int32Array,
  at: { readonly step: number; readonly learningRate: number },
  totals: Totals,
): void {
  const { model, optimizer, loss, seed, samples, teacherLogits } = learner;
  tf.tidy(() => {
    const x = batchPixels(samples, indices);
    const labels = oneHotLabels(samples, indices);
    const teacher =
      teacherLogits === undefined ? {} : { teacherLogits: batchRows(teacherLogits, samples.classes, indices) };
    const { grads } = tf.variableGrads(() => {
      const random = (layer: number) => generator(seed, 'dropout', layer, at.step);
      const logits = model.forward(x, { training: true, random });
      const value = batchLoss(loss, logits, { labels, ...teacher });
      totals.add(value, logits, labels);
      return value;
    }, [...model.trainable]);
    optimizer.apply(grads, at);
  });
}
