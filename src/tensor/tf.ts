/**
 * TensorFlow.js as the rest of the project sees it: `import * as tf from '../tensor/tf.ts'`.
 *
 * Only src/tensor/ imports `@tensorflow/*`, so that the choice of backend, our kernels and our gradients
 * cannot be passed by. Tensors have no methods for operations (`tf.add(a, b)`, not `a.add(b)`): core alone has none in Node.
 */
export * from '@tensorflow/tfjs-core';
