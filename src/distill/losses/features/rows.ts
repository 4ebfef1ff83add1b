/** Features as one row a sample, and what follows from rows. */
import type * as TensorFlow from '../../../tensor/tf.ts';

/** [batch, everything else] */
export function rowsOf(tf: typeof TensorFlow, features: TensorFlow.Tensor): TensorFlow.Tensor2D {
  const [batch = 0] = features.shape;
  return tf.reshape(features, [batch, features.size / Math.max(1, batch)]);
}

/** The length of each row, [batch, 1]. Of nothing but zeros it is a little more than 0, with slope 0: its root has none there. */
export function lengths(tf: typeof TensorFlow, rows: TensorFlow.Tensor): TensorFlow.Tensor {
  return tf.sqrt(tf.maximum(tf.sum(tf.square(rows), -1, true), 1e-24));
}

/** Each row divided by its length; as PyTorch's F.normalize. */
export function unitRows(tf: typeof TensorFlow, rows: TensorFlow.Tensor): TensorFlow.Tensor {
  return tf.div(rows, lengths(tf, rows));
}

/** The products of all pairs of rows: [batch, batch]. */
export function gram(tf: typeof TensorFlow, rows: TensorFlow.Tensor): TensorFlow.Tensor {
  return tf.matMul(rows, rows, false, true);
}
