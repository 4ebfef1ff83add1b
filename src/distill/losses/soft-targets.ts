import { softmaxOf, unsoftened } from './formula.ts';
import { teacherOf } from './loss-type.ts';
import type { LossType } from './loss-type.ts';
import { crossEntropy } from './terms.ts';

/** Cross-entropy with the teacher's softmax at `temperature`; the student's own softmax stays at 1. */
export interface SoftTargetsSpec {
  readonly method: 'softTargets';
  readonly temperature: number;
}

/**
 * −Σ t · log p, with t = softmax(teacher / temperature) and p = softmax(z). Gradient p − t.
 * At temperature 1: Keras' CategoricalCrossentropy on a teacher's softmax outputs, without its clipping at 1e-7.
 */
export const softTargets: LossType<SoftTargetsSpec, 'temperature'> = {
  method: 'softTargets',
  defaults: { temperature: 1 },
  needsTeacher: true,
  factors: ({ temperature }) => ({ temperature }),
  terms: (tf, { factors: { temperature }, logits, targets }) => ({
    teacher: crossEntropy(tf, logits, tf.softmax(tf.div(teacherOf(targets), temperature))),
  }),
  formula: ({ temperature }) => ({
    terms: { teacher: 'CE(t, p)' },
    where: [unsoftened, `t = ${softmaxOf('v', temperature)}`],
  }),
};
