import { graphStep } from './native/graph/graph-step.ts';
import type { Inputs, Step, StepSpec } from './step-spec.ts';
import * as tf from './tf.ts';

export type { Step, StepSpec } from './step-spec.ts';

/**
 * On the native backend the step is captured as one TensorFlow graph, which TensorFlow optimises as a whole (convolution, bias and
 * ReLU become one operation, for one); elsewhere it runs operation by operation.
 */
export function openStep<At>(spec: StepSpec<At>): Step<At> {
  const plain = (inputs: Inputs, at: At): void => {
    tf.tidy(() => {
      spec.work(inputs, at);
    });
  };
  if (tf.getBackend() === 'tensorflow') return graphStep(spec, plain);
  return { run: plain, settle: () => undefined, close: () => undefined };
}
