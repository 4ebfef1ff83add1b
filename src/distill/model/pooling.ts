import type * as TensorFlow from '../../tensor/tf.ts';
import type { LayerType, Operations } from './layer-type.ts';
import { isProblem, pair, slide, takesImage } from './window.ts';
import type { Padding, Pair } from './window.ts';

export interface PoolingSpec<Type extends string> {
  readonly type: Type;
  readonly name?: string;
  readonly poolSize: Pair;
  readonly strides: Pair;
  readonly padding: Padding;
}

type Pool = (
  operations: Operations,
  x: TensorFlow.Tensor4D,
  size: [number, number],
  strides: [number, number],
  padding: Padding,
) => TensorFlow.Tensor;

/** Strides default to the window's size, as in Keras. */
export function poolingLayer<Type extends string>(type: Type, pool: Pool): LayerType<PoolingSpec<Type>> {
  return {
    type,
    defaults: { poolSize: [2, 2], padding: 'valid' },
    shorthand: 'poolSize',
    writeOut: ({ poolSize = 2, strides = poolSize, ...rest }) => ({
      ...rest,
      poolSize: pair(poolSize),
      strides: pair(strides),
    }),
    takes: takesImage,
    outputShape: ({ poolSize, strides, padding }, input) => {
      const area = slide({ size: poolSize, strides, padding }, input);
      return isProblem(area) ? area : [...area, input[2] ?? 0];
    },
    forward: (operations, { spec, x }) =>
      pool(operations, x as TensorFlow.Tensor4D, [...spec.poolSize], [...spec.strides], spec.padding),
  };
}
