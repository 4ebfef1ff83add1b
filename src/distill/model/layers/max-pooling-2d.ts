import type { LayerType } from '../layer-type.ts';
import { poolingLayer } from '../pooling.ts';
import type { PoolingSpec } from '../pooling.ts';

export type MaxPooling2dSpec = PoolingSpec<'maxPooling2d'>;

/** [height, width, channels] → [height', width', channels]: the largest number in each window. */
export const maxPooling2d: LayerType<MaxPooling2dSpec> = poolingLayer('maxPooling2d', ({ tf }, ...window) =>
  tf.maxPool(...window),
);
