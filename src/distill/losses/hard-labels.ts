import type { LossType } from './loss-type.ts';

/** Cross-entropy with the labels: what training without a teacher does. */
export interface HardLabelsSpec {
  readonly method: 'hardLabels';
}

/** −Σ y · log p, with p = softmax(z) and y one-hot: Keras' SparseCategoricalCrossentropy(from_logits=True). Gradient p − y. */
export const hardLabels: LossType<HardLabelsSpec> = {
  method: 'hardLabels',
  defaults: {},
  needsTeacher: false,
  compute: (tf, { logits, targets: { labels } }) => {
    const logP = tf.logSoftmax(logits);
    return { losses: tf.neg(tf.sum(tf.mul(labels, logP), -1)), gradient: tf.sub(tf.exp(logP), labels) };
  },
};
