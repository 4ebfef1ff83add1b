import type { LayerType } from '../layer-type.ts';

export interface DropoutSpec {
  readonly type: 'dropout';
  readonly name?: string;
  /** The share that is dropped. */
  readonly rate: number;
}

/** When training, each number is 0 with probability `rate`, and divided by 1 − rate otherwise (arXiv 1207.0580, inverted). */
export const dropout: LayerType<DropoutSpec> = {
  type: 'dropout',
  defaults: {},
  shorthand: 'rate',
  outputShape: (_, input) => input,
  forward: ({ tf }, { spec, x, training, draw }) => {
    if (!training || spec.rate === 0) return x;
    const keep = 1 - spec.rate;
    const mask = draw(x.shape, (random, values) => {
      random.fillBernoulli(values, keep, 1 / keep);
    });
    return tf.mul(x, mask);
  },
};
