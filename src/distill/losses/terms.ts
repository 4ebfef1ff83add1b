/** What the losses are made of. */
import type * as TensorFlow from '../../tensor/tf.ts';
import type { Factor, LossTerm } from './loss-type.ts';

/** −Σ y · log p, with p = softmax(z) and Σ y = 1. Gradient p − y. */
export function crossEntropy(tf: typeof TensorFlow, logits: TensorFlow.Tensor2D, target: TensorFlow.Tensor): LossTerm {
  const logP = tf.logSoftmax(logits);
  return { losses: tf.neg(tf.sum(tf.mul(target, logP), -1)), gradient: tf.sub(tf.exp(logP), target) };
}

/** KL(t ‖ s) = Σ t · (log t − log s), with t = softmax(teacher) and s = softmax(student). Gradient by the student's s − t. */
function divergence(tf: typeof TensorFlow, teacher: TensorFlow.Tensor, student: TensorFlow.Tensor): LossTerm {
  const logT = tf.logSoftmax(teacher);
  const logS = tf.logSoftmax(student);
  const t = tf.exp(logT);
  return { losses: tf.sum(tf.mul(t, tf.sub(logT, logS)), -1), gradient: tf.sub(tf.exp(logS), t) };
}

/** KL(teacher ‖ student) of logits divided by a temperature. */
export function softenedDivergence(
  tf: typeof TensorFlow,
  { teacher, student }: { readonly teacher: TensorFlow.Tensor; readonly student: TensorFlow.Tensor },
  { temperature, weight, slope }: Softening,
): LossTerm {
  return weighted(tf, divergence(tf, tf.div(teacher, temperature), tf.div(student, temperature)), weight, slope);
}

/** @param parts at least one */
export function sumOf(tf: typeof TensorFlow, parts: readonly LossTerm[]): LossTerm {
  return parts.reduce((sum, { losses, gradient }) => ({
    losses: tf.add(sum.losses, losses),
    gradient: tf.add(sum.gradient, gradient),
  }));
}

/** @param slope of the gradient, where the logits were divided by a temperature: weight / temperature */
export function weighted(
  tf: typeof TensorFlow,
  { losses, gradient }: LossTerm,
  weight: Factor,
  slope: Factor = weight,
): LossTerm {
  return { losses: tf.mul(losses, weight), gradient: tf.mul(gradient, slope) };
}

/** A temperature, and the weight of what was softened by it. */
export interface Softening<Number extends Factor = Factor> {
  readonly temperature: Number;
  readonly weight: Number;
  /** The gradient's: one temperature of the weight's goes with the slope of z / temperature. */
  readonly slope: Number;
}

/** The weight is times T², so that the gradient keeps its size whatever T is. */
export function softening(temperature: number, weight: number): Softening<number> {
  return { temperature, weight: weight * temperature ** 2, slope: weight * temperature };
}
