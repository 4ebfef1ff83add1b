/**
 * Registers the gradients. TensorFlow.js' own are not part of what `@tensorflow/tfjs-core` gives to Node: they come
 * with the union package `@tensorflow/tfjs`, which brings its layers, WebGL and data packages along.
 *
 * They are the same for every backend, tfjs-node's too. An operation that is not listed here cannot be trained through;
 * TensorFlow.js then says which.
 */
import * as tf from '../tf.ts';
import { activationGradients } from './activations.ts';
import { arithmeticGradients } from './arithmetic.ts';
import { layerGradients } from './layers.ts';
import { shapeGradients } from './shapes.ts';

/** A second call does nothing new. */
export function installGradients(): void {
  for (const gradient of [...arithmeticGradients, ...activationGradients, ...shapeGradients, ...layerGradients]) {
    tf.registerGradient(gradient);
  }
}
