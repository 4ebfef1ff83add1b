/** The learned regressors of feature losses: trained with the student, kept in its checkpoints, and not part of the saved student. */
import { generator } from '../../../tensor/random.ts';
import * as tf from '../../../tensor/tf.ts';
import { fillInitial } from '../../model/initializers.ts';
import type { Shape } from '../../model/layer-type.ts';
import type { FeatureSpec } from './feature-spec.ts';
import { featureTypeOf } from './registry.ts';

export interface Regressors {
  /** In the order of the losses; a kernel and a bias for each that has one. */
  readonly variables: readonly tf.Variable[];
  /** Of the loss with this index: [rows, from] → [rows, to]. */
  project(loss: number, rows: tf.Tensor2D): tf.Tensor2D;
  dispose(): void;
}

interface LayerShapes {
  readonly student: Readonly<Record<string, Shape>>;
  readonly teacher: Readonly<Record<string, Shape>>;
}

/** Drawn from `seed` and the loss's place alone, kernels as Keras does for a dense layer. */
export function openRegressors(losses: readonly FeatureSpec[], shapes: LayerShapes, seed: number): Regressors {
  const made = losses.map((spec, index) => {
    const sizes = featureTypeOf(spec).regressor?.(
      shapes.student[spec.student] ?? [],
      shapes.teacher[spec.teacher] ?? [],
    );
    if (sizes === undefined) return undefined;
    const { from, to } = sizes;
    const kernel = new Float32Array(from * to);
    fillInitial(kernel, 'glorotUniform', { in: from, out: to }, generator(seed, 'init', 'regressor', index));
    return tf.tidy(() => ({
      kernel: tf.variable(tf.tensor2d(kernel, [from, to])),
      bias: tf.variable(tf.zeros<tf.Rank.R1>([to])),
    }));
  });
  const variables = made.flatMap((regressor): tf.Variable[] =>
    regressor === undefined ? [] : Object.values(regressor),
  );
  return {
    variables,
    project: (loss, rows) => {
      const regressor = made[loss];
      return regressor === undefined ? rows : tf.add(tf.matMul(rows, regressor.kernel), regressor.bias);
    },
    dispose: () => {
      for (const variable of variables) variable.dispose();
    },
  };
}
