import type * as TensorFlow from '../../../tensor/tf.ts';
import type { AnyFeatureSpec, FeatureType } from './feature-type.ts';
import { gram, rowsOf } from './rows.ts';

export interface RelationalSpec extends AnyFeatureSpec {
  readonly method: 'relational';
  readonly distanceWeight: number;
  readonly angleWeight: number;
}

/**
 * distanceWeight · mean h(d_s − d_t) over pairs + angleWeight · mean h(a_s − a_t) over triplets, h the Huber loss. d: distances of two
 * samples' features, divided by their mean over the batch; a: cosines of the angle that two samples make at a third. Means over all b²
 * and b³, of which those with a sample twice are 0. RKD: Park et al. 2019 (arXiv 1904.05068).
 */
export const relational: FeatureType<RelationalSpec> = {
  method: 'relational',
  defaults: { weight: 1, distanceWeight: 25, angleWeight: 50 },
  source: 'arXiv 1904.05068',
  formula: (f, g, { distanceWeight, angleWeight }) => ({
    text: `(${distanceWeight} · mean h(d(${f}) − d(${g})) + ${angleWeight} · mean h(a(${f}) − a(${g})))`,
    where: ["h = Huber's loss, d = distances of pairs divided by their mean, a = cosines of the angles of triplets"],
  }),
  loss: (tf, { spec: { distanceWeight, angleWeight }, student, teacher }) => {
    const [own, theirs] = [relations(tf, student), relations(tf, teacher)];
    const distance = huber(tf, tf.sub(own.distances, theirs.distances));
    const angle = huber(tf, tf.sub(own.angles(), theirs.angles()));
    return tf.add(tf.mul(distance, distanceWeight), tf.mul(angle, angleWeight));
  },
};

const EPSILON = 1e-12;

/** Of the mean squared distance: what is nearer counts as the same. */
const SAME = 1e-5;

/** From the products of rows alone, since the differences of all pairs would be b times as many numbers as the features. */
function relations(tf: typeof TensorFlow, features: TensorFlow.Tensor) {
  const rows = rowsOf(tf, features);
  const [batch] = rows.shape;
  // Neither depends on where the origin is, and from the middle less is lost to rounding.
  const products = gram(tf, tf.sub(rows, tf.mean(rows, 0, true)));
  const one = tf.eye(batch);
  const squares = tf.sum(tf.mul(products, one), -1);
  const squared = tf.sub(tf.add(tf.reshape(squares, [batch, 1]), tf.reshape(squares, [1, batch])), tf.mul(products, 2));
  // Two samples that a dead ReLU says the same of are apart by rounding alone, and no direction leads from one to the other.
  const others = tf.mul(tf.sub(1, one), tf.step(tf.sub(squared, tf.mul(tf.mean(squared), SAME))));
  const lengths = tf.sqrt(tf.maximum(squared, EPSILON));
  const distances = tf.mul(lengths, others);
  const mean = tf.maximum(tf.div(tf.sum(distances), Math.max(1, batch * (batch - 1))), EPSILON);
  return {
    distances: tf.div(distances, mean),
    /** [at, one, other]: (x_one − x_at)·(x_other − x_at), divided by both lengths. */
    angles: (): TensorFlow.Tensor => {
      const byOne = (pairs: TensorFlow.Tensor): TensorFlow.Tensor => tf.reshape(pairs, [batch, batch, 1]);
      const byOther = (pairs: TensorFlow.Tensor): TensorFlow.Tensor => tf.reshape(pairs, [batch, 1, batch]);
      const ends = tf.sub(tf.sub(tf.reshape(products, [1, batch, batch]), byOne(products)), byOther(products));
      const whole = tf.add(ends, tf.reshape(squares, [batch, 1, 1]));
      const inverse = tf.div(others, lengths);
      return tf.mul(tf.mul(whole, byOne(inverse)), byOther(inverse));
    },
  };
}

/** mean of x²/2 where |x| < 1, else |x| − 1/2. */
function huber(tf: typeof TensorFlow, x: TensorFlow.Tensor): TensorFlow.Tensor {
  const size = tf.abs(x);
  const inner = tf.minimum(size, 1);
  return tf.mean(tf.add(tf.mul(tf.square(inner), 0.5), tf.sub(size, inner)));
}
