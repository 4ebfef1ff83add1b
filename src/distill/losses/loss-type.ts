import type { JsonObject } from '../../base/json.ts';
import type * as TensorFlow from '../../tensor/tf.ts';
import type { Formula, Quantity } from './formula.ts';

/** What a student is measured against, for one batch. */
export interface Targets {
  /** One-hot labels, [batch, classes]. */
  readonly labels: TensorFlow.Tensor2D;
  /** The teacher's raw logits, [batch, classes]. */
  readonly teacherLogits?: TensorFlow.Tensor2D;
  /** Raw logits of the students that learn beside this one, [batch, classes] each. */
  readonly peerLogits?: readonly TensorFlow.Tensor2D[];
}

/** The teacher's raw logits, which a loss that `needsTeacher` is given. */
export function teacherOf({ teacherLogits }: Targets): TensorFlow.Tensor2D {
  if (teacherLogits === undefined) throw new Error('this loss needs the logits of a teacher');
  return teacherLogits;
}

/** Raw logits of the students beside this one, which a loss with `peers` is given. */
export function peersOf({ peerLogits }: Targets): readonly TensorFlow.Tensor2D[] {
  if (peerLogits === undefined) throw new Error('this loss needs the logits of other students');
  return peerLogits;
}

/** A number that a loss computes with: a scalar where it changes from step to step. */
export type Factor = number | TensorFlow.Tensor;

interface LossCall<Name extends string> {
  readonly factors: Readonly<Record<Name, Factor>>;
  /** The student's, [batch, classes]. */
  readonly logits: TensorFlow.Tensor2D;
  readonly targets: Targets;
}

export interface LossTerm {
  /** For each sample, summed over the classes: [batch]. */
  readonly losses: TensorFlow.Tensor;
  /** Of each sample's own loss by its own logits: [batch, classes]. The mean over the batch is taken by the caller. */
  readonly gradient: TensorFlow.Tensor;
}

/**
 * A loss on logits: a sum of terms. It says its gradient, so that the backward pass is a subtraction (p − y) and not a tape through a
 * softmax. TensorFlow is handed in: planning reads the options without loading it.
 */
export interface LossType<Spec extends { readonly method: string }, Name extends string = string> {
  readonly method: Spec['method'];
  /** Every option that it has. */
  readonly defaults: JsonObject;
  readonly needsTeacher: boolean;
  /** Where it is from. */
  readonly source?: string;
  /**
   * The numbers that the terms are computed with. Their arithmetic is here, in float64, and not on the device.
   * @param ramp what a warm-up has reached: a share of the teacher's weight
   */
  factors(spec: Spec, ramp: number): Readonly<Record<Name, number>>;
  /** By name, each with its weight in it. */
  terms(tf: typeof TensorFlow, call: LossCall<Name>): Readonly<Record<string, LossTerm>>;
  /** The same in writing. */
  formula(options: Readonly<Record<OptionOf<Spec>, Quantity>>, ramp: Quantity): Formula;
}

type OptionOf<Spec> = Exclude<keyof Spec, 'method' | 'warmupEpochs'> & string;
