import type { LayerType } from '../layer-type.ts';

export interface FlattenSpec {
  readonly type: 'flatten';
  readonly name?: string;
}

/** Any shape → [their product], row-major. */
export const flatten: LayerType<FlattenSpec> = {
  type: 'flatten',
  defaults: {},
  outputShape: (_, input) => [input.reduce((product, size) => product * size, 1)],
  forward: ({ tf }, { x }) => {
    const [batch = 0] = x.shape;
    return tf.reshape(x, [batch, x.size / Math.max(1, batch)]);
  },
};
