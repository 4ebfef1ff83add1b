import { graphStep } from './native/graph/graph-step.ts';
import { operationByOperation } from './operation-by-operation.ts';
import type { Step, StepSpec } from './step-spec.ts';
import * as tf from './tf.ts';

export type { Step, StepSpec } from './step-spec.ts';

/**
 * On the native backend the step is captured as one TensorFlow graph, which TensorFlow optimises as a whole (convolution, bias and
 * ReLU become one operation, for one); elsewhere it runs operation by operation.
 */
export function openStep<At>(spec: StepSpec<At>): Step<At> {
  if (tf.getBackend() === 'tensorflow') return graphStep(spec);
  return {
    run: (inputs, at) => operationByOperation(spec, inputs, at),
    settle: () => undefined,
    read: (variable) => tf.clone(variable),
    close: () => undefined,
  };
}
