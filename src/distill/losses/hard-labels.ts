import { unsoftened } from './formula.ts';
import type { LossType } from './loss-type.ts';
import { crossEntropy } from './terms.ts';

/** Cross-entropy with the labels: what training without a teacher does. */
export interface HardLabelsSpec {
  readonly method: 'hardLabels';
}

/** −Σ y · log p, with p = softmax(z) and y one-hot: Keras' SparseCategoricalCrossentropy(from_logits=True). Gradient p − y. */
export const hardLabels: LossType<HardLabelsSpec, never> = {
  method: 'hardLabels',
  defaults: {},
  needsTeacher: false,
  factors: () => ({}),
  terms: (tf, { logits, targets }) => ({ labels: crossEntropy(tf, logits, targets.labels) }),
  formula: () => ({ terms: { labels: 'CE(y, p)' }, where: [unsoftened] }),
};
