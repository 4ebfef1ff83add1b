import { product, restOf, softmaxOf, squared, unsoftened } from './formula.ts';
import type { LossType } from './loss-type.ts';
import { crossEntropy, softenedDivergence, softening, weighted } from './terms.ts';
import type { Softening } from './terms.ts';

/** A control, without a teacher: Hinton's loss with a virtual one, right with `correctProbability`, the other classes all alike. */
export interface TeacherFreeSpec {
  readonly method: 'teacherFree';
  readonly temperature: number;
  readonly alpha: number;
  readonly correctProbability: number;
}

/**
 * (1 − α)·CE(y, p) + α·T²·KL(softmax(log d / T) ‖ softmax(z / T)), where d is correctProbability for the label and the rest in equal parts
 * for the others. Yuan et al. 2020 (arXiv 1909.11723), Tf-KD by regularisation: their equation, with T² as everywhere here. (Their
 * code divides the probabilities by T and softens them once more, which leaves them next to uniform, and does not soften the student.)
 */
export const teacherFree: LossType<TeacherFreeSpec, 'labels' | 'right' | 'wrong' | keyof Softening> = {
  method: 'teacherFree',
  defaults: { temperature: 20, alpha: 0.1, correctProbability: 0.99 },
  needsTeacher: false,
  source: 'arXiv 1909.11723',
  factors: ({ temperature, alpha, correctProbability }) => ({
    labels: 1 - alpha,
    right: Math.log(correctProbability),
    wrong: Math.log(1 - correctProbability),
    ...softening(temperature, alpha),
  }),
  terms: (tf, { factors, logits, targets: { labels } }) => {
    // Of one of the other classes: its share of what is left.
    const wrong = tf.sub(factors.wrong, Math.log(labels.shape[1] - 1));
    const teacher = tf.add(tf.mul(labels, factors.right), tf.mul(tf.sub(1, labels), wrong));
    return {
      labels: weighted(tf, crossEntropy(tf, logits, labels), factors.labels),
      virtualTeacher: softenedDivergence(tf, { teacher, student: logits }, factors),
    };
  },
  formula: ({ temperature, alpha, correctProbability }) => ({
    terms: {
      labels: product([restOf(alpha)], 'CE(y, p)'),
      virtualTeacher: product([alpha, squared(temperature)], 'KL(t ‖ s)'),
    },
    where: [
      unsoftened,
      `s = ${softmaxOf('z', temperature)}`,
      `t = ${softmaxOf('log d', temperature)}`,
      `d = ${correctProbability.text} for the label, ${restOf(correctProbability).text} / (classes − 1) for the others`,
    ],
  }),
};
