import type * as TensorFlow from '../../../tensor/tf.ts';
import { activate } from '../activations.ts';
import type { ActivationName } from '../activations.ts';
import type { InitializerName } from '../initializers.ts';
import type { LayerType } from '../layer-type.ts';
import { isProblem, pair, slide, takesImage } from '../window.ts';
import type { Padding, Pair } from '../window.ts';

export interface Conv2dSpec {
  readonly type: 'conv2d';
  readonly name?: string;
  readonly filters: number;
  readonly kernelSize: Pair;
  readonly strides: Pair;
  readonly padding: Padding;
  readonly dilationRate: Pair;
  readonly activation: ActivationName;
  readonly useBias: boolean;
  readonly kernelInitializer: InitializerName;
  readonly biasInitializer: InitializerName;
  readonly kernelConstraint?: { readonly maxNorm: number };
}

/** [height, width, channels] → [height', width', filters]; kernel [kernelHeight, kernelWidth, channels, filters]. */
export const conv2d: LayerType<Conv2dSpec> = {
  type: 'conv2d',
  defaults: {
    strides: [1, 1],
    padding: 'valid',
    dilationRate: [1, 1],
    activation: 'linear',
    useBias: true,
    kernelInitializer: 'glorotUniform',
    biasInitializer: 'zeros',
  },
  writeOut: (options) => {
    const pairs = ['kernelSize', 'strides', 'dilationRate'].filter((name) => name in options);
    return { ...options, ...Object.fromEntries(pairs.map((name) => [name, pair(options[name] ?? null)])) };
  },
  check: ({ strides, dilationRate }) => {
    if (Math.max(...strides) === 1 || Math.max(...dilationRate) === 1) return undefined;
    const message = 'conv2d has both strides and a dilationRate above 1, which no backend computes';
    return { message, hint: 'leave one of them at 1' };
  },
  takes: takesImage,
  outputShape: (spec, input) => {
    const { kernelSize, strides, padding, dilationRate, filters } = spec;
    const area = slide({ size: kernelSize, strides, padding, dilation: dilationRate }, input);
    return isProblem(area) ? area : [...area, filters];
  },
  weights: (spec, [, , channels = 0]) => {
    const { kernelSize, filters, useBias, kernelInitializer, biasInitializer, kernelConstraint } = spec;
    const field = kernelSize[0] * kernelSize[1];
    const kernel = {
      name: 'kernel',
      shape: [...kernelSize, channels, filters],
      initializer: kernelInitializer,
      fans: { in: field * channels, out: field * filters },
      trainable: true,
      constraint: kernelConstraint,
    };
    if (!useBias) return [kernel];
    return [kernel, { name: 'bias', shape: [filters], initializer: biasInitializer, trainable: true }];
  },
  forward: ({ tf, conv2dBias }, { spec, x, weight }) => {
    const image = x as TensorFlow.Tensor4D;
    const kernel = weight('kernel') as unknown as TensorFlow.Tensor4D;
    const strides: [number, number] = [...spec.strides];
    const dilations: [number, number] = [...spec.dilationRate];
    if (!spec.useBias) {
      return activate(tf, spec.activation, tf.conv2d(image, kernel, strides, spec.padding, 'NHWC', dilations));
    }
    // ReLU is part of the fused kernel, other activations are not.
    const fused = spec.activation === 'relu' ? 'relu' : 'linear';
    const bias = weight('bias') as unknown as TensorFlow.Tensor1D;
    const y = conv2dBias(image, kernel, bias, { strides, pad: spec.padding, dilations, activation: fused });
    return fused === 'relu' ? y : activate(tf, spec.activation, y);
  },
};
