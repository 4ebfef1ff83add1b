import type { JsonObject } from '../../base/json.ts';
import type * as TensorFlow from '../../tensor/tf.ts';

/** What a student is measured against, for one batch. */
export interface Targets {
  /** One-hot labels, [batch, classes]. */
  readonly labels: TensorFlow.Tensor2D;
  /** The teacher's raw logits, [batch, classes]. */
  readonly teacherLogits?: TensorFlow.Tensor2D;
}

/** The teacher's raw logits, which a loss that `needsTeacher` is given. */
export function teacherOf({ teacherLogits }: Targets): TensorFlow.Tensor2D {
  if (teacherLogits === undefined) throw new Error('this loss needs the logits of a teacher');
  return teacherLogits;
}

interface LossCall<Spec> {
  readonly spec: Spec;
  /** The student's, [batch, classes]. */
  readonly logits: TensorFlow.Tensor2D;
  readonly targets: Targets;
}

interface LossAndGradient {
  /** For each sample, summed over the classes: [batch]. */
  readonly losses: TensorFlow.Tensor;
  /** Of each sample's own loss by its own logits: [batch, classes]. The mean over the batch is taken by the caller. */
  readonly gradient: TensorFlow.Tensor;
}

/**
 * A loss on logits. It says its gradient, so that the backward pass is a subtraction (p − y) and not a tape through a softmax.
 * TensorFlow is handed in: planning reads the options without loading it.
 */
export interface LossType<Spec extends { readonly method: string }> {
  readonly method: Spec['method'];
  readonly defaults: JsonObject;
  readonly needsTeacher: boolean;
  compute(tf: typeof TensorFlow, call: LossCall<Spec>): LossAndGradient;
}
