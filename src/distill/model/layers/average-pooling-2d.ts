import type { LayerType } from '../layer-type.ts';
import { poolingLayer } from '../pooling.ts';
import type { PoolingSpec } from '../pooling.ts';

export type AveragePooling2dSpec = PoolingSpec<'averagePooling2d'>;

/** [height, width, channels] → [height', width', channels]: the mean in each window. */
export const averagePooling2d: LayerType<AveragePooling2dSpec> = poolingLayer('averagePooling2d', ({ tf }, ...window) =>
  tf.avgPool(...window),
);
