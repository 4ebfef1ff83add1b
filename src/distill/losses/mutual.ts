import { product, softened, squared, unsoftened } from './formula.ts';
import type { LossType } from './loss-type.ts';
import { peersOf } from './loss-type.ts';
import { crossEntropy, softenedDivergence, softening, sumOf } from './terms.ts';
import type { Softening } from './terms.ts';

/** Without a teacher: several students of one shape learn side by side, from the labels and from each other. */
export interface MutualSpec {
  readonly method: 'mutual';
  /** How many others there are. */
  readonly peers: number;
  readonly temperature: number;
  /** Of the divergence from the others. */
  readonly peerWeight: number;
  /** The others' weight rises over them; none if absent. */
  readonly warmupEpochs?: number;
}

/**
 * CE(y, p) + k·T²·mean of KL(t ‖ s) over the others, with t = softmax(other / T), which is a constant here, s = softmax(z / T) and
 * p = softmax(z). Gradient (p − y) + k·T·(s − mean t). Zhang et al. 2017 (arXiv 1706.00384), equations 5 and 9. The others' logits
 * are those of the same batch before any student's update; their algorithm updates one after the other.
 */
export const mutual: LossType<MutualSpec, keyof Softening> = {
  method: 'mutual',
  defaults: { peers: 1, temperature: 1, peerWeight: 1, warmupEpochs: 0 },
  needsTeacher: false,
  source: 'arXiv 1706.00384',
  factors: ({ peers, temperature, peerWeight }, ramp) => softening(temperature, (ramp * peerWeight) / peers),
  terms: (tf, { factors, logits, targets }) => {
    const each = peersOf(targets).map((other) => softenedDivergence(tf, { teacher: other, student: logits }, factors));
    return { labels: crossEntropy(tf, logits, targets.labels), peers: sumOf(tf, each) };
  },
  formula: ({ peers, temperature, peerWeight }, ramp) => ({
    terms: {
      labels: 'CE(y, p)',
      peers: product([ramp, peerWeight, squared(temperature)], peers.value === 1 ? 'KL(t ‖ s)' : 'mean KL(t ‖ s)'),
    },
    where: [
      unsoftened,
      ...softened(temperature),
      peers.value === 1
        ? 'v = the logits of another student, which learns from this one'
        : `v = the logits of each of ${peers.text} other students, which learn from each other and from this one`,
    ],
  }),
};
