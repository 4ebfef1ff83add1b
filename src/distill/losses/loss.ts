import * as tf from '../../tensor/tf.ts';
import type { Factor, Targets } from './loss-type.ts';
import { lossFactors } from './loss-spec.ts';
import { lossTypeOf } from './registry.ts';
import type { LossSpec } from './loss-spec.ts';

/**
 * The loss of a batch: the mean over its samples of the sum over classes. (PyTorch's default reduction of a KL divergence
 * divides by the number of classes as well.) Differentiable by the logits.
 * @param logits [batch, classes]
 * @param factors the loss's numbers at this moment, where they change
 * @param only this one of its terms
 */
export function batchLoss(
  spec: LossSpec,
  logits: tf.Tensor2D,
  targets: Targets,
  factors: Readonly<Record<string, Factor>> = lossFactors(spec),
  only?: string,
): tf.Scalar {
  const compute = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [z, save] = args as [tf.Tensor2D, tf.GradSaveFunc];
    const all = lossTypeOf(spec).terms(tf, { factors, logits: z, targets });
    const terms = Object.entries(all).flatMap(([name, term]) => (only === undefined || name === only ? [term] : []));
    save([sum(terms.map(({ gradient }) => gradient))]);
    const [batch] = z.shape;
    return {
      value: tf.mean(sum(terms.map(({ losses }) => losses))),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => saved.map((kept) => tf.mul(kept, tf.div(dy, batch))),
    };
  });
  return compute(logits) as tf.Scalar;
}

function sum(parts: readonly tf.Tensor[]): tf.Tensor {
  return parts.reduce((total, part) => tf.add(total, part));
}
