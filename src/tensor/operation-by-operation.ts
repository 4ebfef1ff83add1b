import type { Inputs, StepSpec } from './step-spec.ts';
import * as tf from './tf.ts';

/** A step as it stands: what a graph of it has to compute. */
export function operationByOperation<At>({ work }: StepSpec<At>, inputs: Inputs, at: At): readonly tf.Tensor[] {
  return tf.tidy(() => [...work(inputs, at)]);
}
