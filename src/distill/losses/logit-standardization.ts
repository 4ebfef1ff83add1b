import type * as TensorFlow from '../../tensor/tf.ts';
import { product, softmaxOf, squared, unsoftened } from './formula.ts';
import { teacherOf } from './loss-type.ts';
import type { LossTerm, LossType } from './loss-type.ts';
import { crossEntropy, softenedDivergence, softening, weighted } from './terms.ts';
import type { Softening } from './terms.ts';

/** Distillation of standardised logits: each sample has its own temperature, its logits' spread, and the student needs no large logits. */
export interface LogitStandardizationSpec {
  readonly method: 'logitStandardization';
  /** After the standardisation. */
  readonly temperature: number;
  readonly labelWeight: number;
  readonly teacherWeight: number;
  /** The teacher's weight rises over them; none if absent. */
  readonly warmupEpochs?: number;
}

/** Added to the deviation, as the paper does. */
const EPSILON = 1e-7;

/**
 * w_y·CE(y, p) + w_t·T²·KL(softmax(n(teacher) / T) ‖ softmax(n(z) / T)), with n(z) = (z − mean) / (deviation + 1e-7) per sample, the
 * deviation unbiased (divided by classes − 1). With g the gradient by n(z), that by z is g / (deviation + 1e-7) less
 * n(z)·Σ(g·n(z)) / ((classes − 1)·deviation); Σ g = 0. Sun et al. 2024 (arXiv 2403.01427).
 */
export const logitStandardization: LossType<LogitStandardizationSpec, 'labels' | keyof Softening> = {
  method: 'logitStandardization',
  defaults: { temperature: 2, labelWeight: 0.1, teacherWeight: 9, warmupEpochs: 0 },
  needsTeacher: true,
  source: 'arXiv 2403.01427',
  factors: ({ temperature, labelWeight, teacherWeight }, ramp) => ({
    labels: labelWeight,
    ...softening(temperature, ramp * teacherWeight),
  }),
  terms: (tf, { factors, logits, targets }) => {
    const [teacher, student] = [standardize(tf, teacherOf(targets)), standardize(tf, logits)];
    const soft = softenedDivergence(tf, { teacher: teacher.normal, student: student.normal }, factors);
    return {
      labels: weighted(tf, crossEntropy(tf, logits, targets.labels), factors.labels),
      teacher: throughStandardization(tf, student, soft),
    };
  },
  formula: ({ temperature, labelWeight, teacherWeight }, ramp) => ({
    terms: {
      labels: product([labelWeight], 'CE(y, p)'),
      teacher: product([ramp, teacherWeight, squared(temperature)], 'KL(t ‖ s)'),
    },
    where: [
      unsoftened,
      `s = ${softmaxOf('n(z)', temperature)}`,
      `t = ${softmaxOf('n(v)', temperature)}`,
      'n(x) = (x − mean) / (deviation + 1e-7) for each image',
    ],
  }),
};

interface Standardized {
  readonly normal: TensorFlow.Tensor;
  /** [batch, 1] */
  readonly deviation: TensorFlow.Tensor;
}

/** Not by `tf.moments`, whose variance is the biased one. */
function standardize(tf: typeof TensorFlow, logits: TensorFlow.Tensor2D): Standardized {
  const centred = tf.sub(logits, tf.mean(logits, -1, true));
  const deviation = tf.sqrt(tf.div(tf.sum(tf.square(centred), -1, true), logits.shape[1] - 1));
  return { normal: tf.div(centred, tf.add(deviation, EPSILON)), deviation };
}

/** The gradient by the standardised logits becomes that by the logits. Logits that are all the same have none through their deviation. */
function throughStandardization(
  tf: typeof TensorFlow,
  { normal, deviation }: Standardized,
  { losses, gradient }: LossTerm,
): LossTerm {
  const classes = normal.shape[1] ?? 1;
  const along = tf.sum(tf.mul(gradient, normal), -1, true);
  const ofDeviation = tf.div(tf.mul(normal, along), tf.mul(tf.maximum(deviation, EPSILON), classes - 1));
  return { losses, gradient: tf.sub(tf.div(gradient, tf.add(deviation, EPSILON)), ofDeviation) };
}
