import type * as TensorFlow from '../../../tensor/tf.ts';
import type { AnyFeatureSpec, FeatureType } from './feature-type.ts';
import { gram, lengths, rowsOf } from './rows.ts';

export interface PktSpec extends AnyFeatureSpec {
  readonly method: 'pkt';
}

const EPSILON = 1e-7;

/**
 * Probabilistic knowledge transfer: the mean over the batch's b² pairs of p_t · log(p_t / p_s), p = (cos + 1) / 2 of all pairs of
 * features, each row divided by its sum. Passalis and Tefas 2018 (arXiv 1803.10837), with the mean of the authors' code.
 */
export const pkt: FeatureType<PktSpec> = {
  method: 'pkt',
  defaults: { weight: 30_000 },
  source: 'arXiv 1803.10837',
  formula: (f, g) => ({
    text: `mean k(${g}) · log(k(${g}) / k(${f}))`,
    where: ['k = (cosine + 1) / 2 of all pairs, each row divided by its sum'],
  }),
  loss: (tf, { student, teacher }) => {
    const p = affinities(tf, student);
    const t = affinities(tf, teacher);
    return tf.mean(tf.mul(t, tf.log(tf.div(tf.add(t, EPSILON), tf.add(p, EPSILON)))));
  },
};

function affinities(tf: typeof TensorFlow, features: TensorFlow.Tensor): TensorFlow.Tensor {
  const rows = rowsOf(tf, features);
  const cosines = gram(tf, tf.div(rows, tf.add(lengths(tf, rows), EPSILON)));
  const closeness = tf.div(tf.add(cosines, 1), 2);
  return tf.div(closeness, tf.sum(closeness, -1, true));
}
