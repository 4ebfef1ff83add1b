import { product, restOf, softened, squared, unsoftened } from './formula.ts';
import { teacherOf } from './loss-type.ts';
import type { LossType } from './loss-type.ts';
import { crossEntropy, softenedDivergence, softening, weighted } from './terms.ts';
import type { Softening } from './terms.ts';

/** (1 − alpha) · cross-entropy with the labels + alpha · temperature² · KL(teacher ‖ student), both softened. */
export interface HintonSpec {
  readonly method: 'hinton';
  readonly temperature: number;
  readonly alpha: number;
  /** The teacher's weight rises over them; none if absent. */
  readonly warmupEpochs?: number;
}

/**
 * (1 − α)·CE(y, p) + α·T²·Σ t · (log t − log s), with t = softmax(teacher / T), s = softmax(z / T), p = softmax(z).
 * Gradient (1 − α)·(p − y) + α·T·(s − t): one T of T² goes with the slope of z / T, so that the soft part keeps its
 * weight whatever T is. Hinton, Vinyals, Dean 2015 (arXiv 1503.02531), section 2.
 */
export const hinton: LossType<HintonSpec, 'labels' | keyof Softening> = {
  method: 'hinton',
  defaults: { temperature: 4, alpha: 0.9, warmupEpochs: 0 },
  needsTeacher: true,
  source: 'arXiv 1503.02531',
  factors: ({ temperature, alpha }, ramp) => ({ labels: 1 - alpha, ...softening(temperature, ramp * alpha) }),
  terms: (tf, { factors, logits, targets }) => ({
    labels: weighted(tf, crossEntropy(tf, logits, targets.labels), factors.labels),
    teacher: softenedDivergence(tf, { teacher: teacherOf(targets), student: logits }, factors),
  }),
  formula: ({ temperature, alpha }, ramp) => ({
    terms: {
      labels: product([restOf(alpha)], 'CE(y, p)'),
      teacher: product([ramp, alpha, squared(temperature)], 'KL(t ‖ s)'),
    },
    where: [unsoftened, ...softened(temperature)],
  }),
};
