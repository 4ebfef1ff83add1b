import { teacherOf } from './loss-type.ts';
import type { LossType } from './loss-type.ts';

/** Cross-entropy with the teacher's softmax at `temperature`; the student's own softmax stays at 1. */
export interface SoftTargetsSpec {
  readonly method: 'softTargets';
  readonly temperature: number;
}

/**
 * −Σ t · log p, with t = softmax(teacher / temperature) and p = softmax(z). Gradient p − t.
 * At temperature 1: Keras' CategoricalCrossentropy on a teacher's softmax outputs, without its clipping at 1e-7.
 */
export const softTargets: LossType<SoftTargetsSpec> = {
  method: 'softTargets',
  defaults: { temperature: 1 },
  needsTeacher: true,
  compute: (tf, { spec, logits, targets }) => {
    const teacher = tf.softmax(tf.div(teacherOf(targets), spec.temperature));
    const logP = tf.logSoftmax(logits);
    return { losses: tf.neg(tf.sum(tf.mul(teacher, logP), -1)), gradient: tf.sub(tf.exp(logP), teacher) };
  },
};
