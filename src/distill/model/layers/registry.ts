/** Every kind of layer. A new one is a file beside this one, and a line here. */
import type { AnyLayerSpec, LayerType } from '../layer-type.ts';
import { activation } from './activation.ts';
import { averagePooling2d } from './average-pooling-2d.ts';
import { batchNormalization } from './batch-normalization.ts';
import { conv2d } from './conv2d.ts';
import { dense } from './dense.ts';
import { depthwiseConv2d } from './depthwise-conv2d.ts';
import { dropout } from './dropout.ts';
import { flatten } from './flatten.ts';
import { maxPooling2d } from './max-pooling-2d.ts';
import { residual } from './residual.ts';

const layerTypes = {
  activation,
  averagePooling2d,
  batchNormalization,
  conv2d,
  dense,
  depthwiseConv2d,
  dropout,
  flatten,
  maxPooling2d,
  residual,
};

type SpecOf<Type> = Type extends LayerType<infer Spec> ? Spec : never;

/** A layer with all its options written out. */
export type LayerSpec = SpecOf<(typeof layerTypes)[keyof typeof layerTypes]>;

const byName: ReadonlyMap<string, unknown> = new Map(Object.entries(layerTypes));

/** How a layer of this type is written, shaped and computed; undefined where there is no such type. */
export function findLayerType(type: string): LayerType<AnyLayerSpec> | undefined {
  return byName.get(type) as LayerType<AnyLayerSpec> | undefined;
}

export function layerTypeOf(spec: AnyLayerSpec): LayerType<AnyLayerSpec> {
  const found = findLayerType(spec.type);
  if (found === undefined) throw new Error(`there is no layer type ${spec.type}`);
  return found;
}
