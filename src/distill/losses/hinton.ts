import { hardLabels } from './hard-labels.ts';
import { teacherOf } from './loss-type.ts';
import type { LossType } from './loss-type.ts';

/** (1 − alpha) · cross-entropy with the labels + alpha · temperature² · KL(teacher ‖ student), both softened. */
export interface HintonSpec {
  readonly method: 'hinton';
  readonly temperature: number;
  readonly alpha: number;
}

/**
 * (1 − α)·CE(y, p) + α·T²·Σ t · (log t − log s), with t = softmax(teacher / T), s = softmax(z / T), p = softmax(z).
 * Gradient (1 − α)·(p − y) + α·T·(s − t): one T of T² goes with the slope of z / T, so that the soft part keeps its
 * weight whatever T is. Hinton, Vinyals, Dean 2015 (arXiv 1503.02531), section 2.
 */
export const hinton: LossType<HintonSpec> = {
  method: 'hinton',
  defaults: { temperature: 4, alpha: 0.9 },
  needsTeacher: true,
  compute: (tf, { spec: { temperature, alpha }, logits, targets }) => {
    const logT = tf.logSoftmax(tf.div(teacherOf(targets), temperature));
    const logS = tf.logSoftmax(tf.div(logits, temperature));
    const t = tf.exp(logT);
    const divergence = tf.sum(tf.mul(t, tf.sub(logT, logS)), -1);
    const hard = hardLabels.compute(tf, { spec: { method: 'hardLabels' }, logits, targets });
    return {
      losses: tf.add(tf.mul(hard.losses, 1 - alpha), tf.mul(divergence, alpha * temperature ** 2)),
      gradient: tf.add(tf.mul(hard.gradient, 1 - alpha), tf.mul(tf.sub(tf.exp(logS), t), alpha * temperature)),
    };
  },
};
