/** How the gradients of this folder are written down. */
import type { GradConfig, NamedAttrMap } from '@tensorflow/tfjs-core';
import * as tf from '../tf.ts';

/** For each input of a kernel, by TensorFlow.js' name for it, how its gradient follows from dy. */
type InputGradients = Record<string, () => tf.Tensor>;

/** A kernel with one output, whose gradient needs nothing of what it computed with. */
export function fromNothing(
  kernelName: string,
  gradients: (dy: tf.Tensor, attrs: NamedAttrMap) => InputGradients,
): GradConfig {
  return { kernelName, gradFunc: (dy, _, attrs) => gradients(dy as tf.Tensor, attrs) };
}

/** A kernel with one output, whose gradient needs the named input. */
export function fromInput(
  kernelName: string,
  name: string,
  gradients: (dy: tf.Tensor, x: tf.Tensor, attrs: NamedAttrMap) => InputGradients,
): GradConfig {
  const gradFunc: GradConfig['gradFunc'] = (dy, saved, attrs) => gradients(dy as tf.Tensor, only(saved), attrs);
  return { kernelName, inputsToSave: [name], gradFunc };
}

/** A kernel with one output, whose gradient needs the two named inputs. */
export function fromInputs(
  kernelName: string,
  names: [string, string],
  gradients: (dy: tf.Tensor, inputs: [tf.Tensor, tf.Tensor], attrs: NamedAttrMap) => InputGradients,
): GradConfig {
  return {
    kernelName,
    inputsToSave: names,
    gradFunc: (dy, saved, attrs) => gradients(dy as tf.Tensor, saved as [tf.Tensor, tf.Tensor], attrs),
  };
}

/** A kernel with one output y, whose gradient needs y only. */
export function fromOutput(
  kernelName: string,
  gradients: (dy: tf.Tensor, y: tf.Tensor, attrs: NamedAttrMap) => InputGradients,
): GradConfig {
  const gradFunc: GradConfig['gradFunc'] = (dy, saved, attrs) => gradients(dy as tf.Tensor, only(saved), attrs);
  return { kernelName, outputsToSave: [true], gradFunc };
}

/** The gradient of an input that was broadcast: summed over what it was repeated along. */
export function unbroadcast(dy: tf.Tensor, shape: number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, dy.shape);
  return tf.reshape(axes.length === 0 ? dy : tf.sum(dy, axes), shape);
}

/** The one tensor that was saved: how many are is said where a gradient is registered, which the types cannot see. */
function only(saved: readonly tf.Tensor[]): tf.Tensor {
  return (saved as [tf.Tensor])[0];
}
