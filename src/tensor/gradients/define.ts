/** How the gradients of this folder are written down. */
import type { GradConfig } from '@tensorflow/tfjs-core';
import * as tf from '../tf.ts';

/** For each input of a kernel, by TensorFlow.js' name for it, how its gradient follows from dy. */
type InputGradients = Record<string, () => tf.Tensor>;
// What attributes a kernel has is known where its gradient is written.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Attributes = any;

/** A kernel with one output, whose gradient needs the named inputs as they were. */
export function fromInputs(
  kernelName: string,
  inputsToSave: string[],
  gradients: (dy: tf.Tensor, inputs: tf.Tensor[], attrs: Attributes) => InputGradients,
): GradConfig {
  return { kernelName, inputsToSave, gradFunc: (dy, saved, attrs) => gradients(dy as tf.Tensor, saved, attrs) };
}

/** A kernel with one output y, whose gradient needs y only. */
export function fromOutput(
  kernelName: string,
  gradients: (dy: tf.Tensor, y: tf.Tensor, attrs: Attributes) => InputGradients,
): GradConfig {
  return {
    kernelName,
    outputsToSave: [true],
    gradFunc: (dy, saved, attrs) => gradients(dy as tf.Tensor, saved[0]!, attrs),
  };
}

/** The gradient of an input that was broadcast: summed over what it was repeated along. */
export function unbroadcast(dy: tf.Tensor, shape: number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, dy.shape);
  return tf.reshape(axes.length === 0 ? dy : tf.sum(dy, axes), shape);
}
