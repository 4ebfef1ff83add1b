import type { Fill, Shape } from '../../src/distill/model/layer-type.ts';
import type { Generator } from '../../src/tensor/random.ts';
import * as tf from '../../src/tensor/tf.ts';

/** What a model in training draws its masks with. */
export function drawing(random: (layer: number) => Generator) {
  return (layer: number, shape: Shape, fill: Fill): tf.Tensor => {
    const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
    fill(random(layer), values);
    return tf.tensor(values, [...shape]);
  };
}
