import type * as TensorFlow from '../../../tensor/tf.ts';
import { toSameArea } from './area.ts';
import type { AnyFeatureSpec, FeatureType } from './feature-type.ts';
import { rowsOf, unitRows } from './rows.ts';

export interface AttentionTransferSpec extends AnyFeatureSpec {
  readonly method: 'attentionTransfer';
}

/**
 * mean (q_s − q_t)² over places and samples, q = the map of mean f² over the channels, divided by its length: where the teacher looks.
 * Images are first averaged to the smaller size of the two. Zagoruyko and Komodakis 2017 (arXiv 1612.03928).
 */
export const attentionTransfer: FeatureType<AttentionTransferSpec> = {
  method: 'attentionTransfer',
  defaults: { weight: 1000 },
  source: 'arXiv 1612.03928',
  alike: 'images',
  formula: (f, g) => ({
    text: `mean (q(${f}) − q(${g}))²`,
    where: ['q = the map of mean f² over the channels, divided by its length'],
  }),
  loss: (tf, { student, teacher }) => {
    const [own, theirs] = toSameArea(tf, student, teacher).map((image) => attention(tf, image)) as [
      TensorFlow.Tensor,
      TensorFlow.Tensor,
    ];
    return tf.mean(tf.squaredDifference(own, theirs));
  },
};

function attention(tf: typeof TensorFlow, image: TensorFlow.Tensor): TensorFlow.Tensor {
  return unitRows(tf, rowsOf(tf, tf.mean(tf.square(image), -1)));
}
