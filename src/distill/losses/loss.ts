import * as tf from '../../tensor/tf.ts';
import type { Targets } from './loss-type.ts';
import { lossTypeOf } from './registry.ts';
import type { LossSpec } from './registry.ts';

/**
 * The loss of a batch: the mean over its samples of the sum over classes. (PyTorch's default reduction of a KL divergence
 * divides by the number of classes as well.) Differentiable by the logits.
 * @param logits [batch, classes]
 */
export function batchLoss(spec: LossSpec, logits: tf.Tensor2D, targets: Targets): tf.Scalar {
  const compute = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [z, save] = args as [tf.Tensor2D, tf.GradSaveFunc];
    const { losses, gradient } = lossTypeOf(spec).compute(tf, { spec, logits: z, targets });
    save([gradient]);
    const [batch] = z.shape;
    return {
      value: tf.mean(losses),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => saved.map((kept) => tf.mul(kept, tf.div(dy, batch))),
    };
  });
  return compute(logits) as tf.Scalar;
}
