import { activate } from '../activations.ts';
import type { ActivationName } from '../activations.ts';
import type { LayerType } from '../layer-type.ts';

export interface ActivationSpec {
  readonly type: 'activation';
  readonly name?: string;
  readonly activation: ActivationName;
}

/** Applies an activation to each number. */
export const activation: LayerType<ActivationSpec> = {
  type: 'activation',
  defaults: {},
  shorthand: 'activation',
  outputShape: (_, input) => input,
  forward: ({ tf }, { spec, x }) => activate(tf, spec.activation, x),
};
