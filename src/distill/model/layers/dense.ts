import { activate } from '../activations.ts';
import type { ActivationName } from '../activations.ts';
import type { InitializerName } from '../initializers.ts';
import type { LayerType } from '../layer-type.ts';

export interface DenseSpec {
  readonly type: 'dense';
  readonly name?: string;
  readonly units: number;
  readonly activation: ActivationName;
  readonly useBias: boolean;
  readonly kernelInitializer: InitializerName;
  readonly biasInitializer: InitializerName;
  readonly kernelConstraint?: { readonly maxNorm: number };
}

/** [inputs] → [units]: activation(x · kernel + bias), kernel [inputs, units]. */
export const dense: LayerType<DenseSpec> = {
  type: 'dense',
  defaults: { activation: 'linear', useBias: true, kernelInitializer: 'glorotUniform', biasInitializer: 'zeros' },
  shorthand: 'units',
  takes: { rank: 1, words: '[inputs]', hint: 'put `flatten` before it' },
  outputShape: ({ units }) => [units],
  weights: ({ units, useBias, kernelInitializer, biasInitializer, kernelConstraint }, [inputs = 0]) => {
    const fans = { in: inputs, out: units };
    const kernel = {
      name: 'kernel',
      shape: [inputs, units],
      initializer: kernelInitializer,
      fans,
      trainable: true,
      constraint: kernelConstraint,
    };
    if (!useBias) return [kernel];
    return [kernel, { name: 'bias', shape: [units], initializer: biasInitializer, trainable: true }];
  },
  forward: ({ tf }, { spec, x, weight }) => {
    const product = tf.matMul(x, weight('kernel'));
    return activate(tf, spec.activation, spec.useBias ? tf.add(product, weight('bias')) : product);
  },
};
