import { product, restOf, unsoftened } from './formula.ts';
import type { LossType } from './loss-type.ts';
import { crossEntropy, weighted } from './terms.ts';

/** A control, without a teacher: labels mixed with the uniform distribution. */
export interface LabelSmoothingSpec {
  readonly method: 'labelSmoothing';
  /** The uniform distribution's share. */
  readonly smoothing: number;
}

/** (1 − ε)·CE(y, p) + ε·CE(u, p), with u = 1 / classes: Keras' CategoricalCrossentropy(from_logits=True, label_smoothing=ε). */
export const labelSmoothing: LossType<LabelSmoothingSpec, 'labels' | 'uniform'> = {
  method: 'labelSmoothing',
  defaults: { smoothing: 0.1 },
  needsTeacher: false,
  source: 'arXiv 1512.00567',
  factors: ({ smoothing }) => ({ labels: 1 - smoothing, uniform: smoothing }),
  terms: (tf, { factors, logits, targets: { labels } }) => ({
    labels: weighted(tf, crossEntropy(tf, logits, labels), factors.labels),
    uniform: weighted(tf, crossEntropy(tf, logits, tf.fill(labels.shape, 1 / labels.shape[1])), factors.uniform),
  }),
  formula: ({ smoothing }) => ({
    terms: { labels: product([restOf(smoothing)], 'CE(y, p)'), uniform: product([smoothing], 'CE(u, p)') },
    where: [unsoftened, 'u = 1 / classes'],
  }),
};
