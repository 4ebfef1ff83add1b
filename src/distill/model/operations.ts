import { conv2dBias } from '../../tensor/fused.ts';
import * as tf from '../../tensor/tf.ts';
import type { Operations } from './layer-type.ts';

export const operations: Operations = { tf, conv2dBias };
