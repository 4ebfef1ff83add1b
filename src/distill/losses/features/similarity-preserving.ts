import type * as TensorFlow from '../../../tensor/tf.ts';
import type { AnyFeatureSpec, FeatureType } from './feature-type.ts';
import { gram, rowsOf, unitRows } from './rows.ts';

export interface SimilarityPreservingSpec extends AnyFeatureSpec {
  readonly method: 'similarityPreserving';
}

/**
 * ‖G_t − G_s‖² / b², G = F·Fᵀ of the batch's b rows of features, each row of G divided by its length. Tung and Mori 2019
 * (arXiv 1907.09682).
 */
export const similarityPreserving: FeatureType<SimilarityPreservingSpec> = {
  method: 'similarityPreserving',
  defaults: { weight: 3000 },
  source: 'arXiv 1907.09682',
  formula: (f, g) => ({
    text: `mean (G(${f}) − G(${g}))²`,
    where: ['G = f · fᵀ over the batch, each row divided by its length'],
  }),
  loss: (tf, { student, teacher }) =>
    tf.mean(tf.squaredDifference(similarities(tf, student), similarities(tf, teacher))),
};

function similarities(tf: typeof TensorFlow, features: TensorFlow.Tensor): TensorFlow.Tensor {
  return unitRows(tf, gram(tf, rowsOf(tf, features)));
}
