/** What a step learns from a teacher's layers: their features as its inputs, its feature losses, and their regressors. */
import { changing } from '../../tensor/changing.ts';
import { openStep } from '../../tensor/step.ts';
import * as tf from '../../tensor/tf.ts';
import { featureNames } from '../losses/features/feature-spec.ts';
import type { FeatureSpec } from '../losses/features/feature-spec.ts';
import { openRegressors } from '../losses/features/regressors.ts';
import { featureTypeOf } from '../losses/features/registry.ts';
import type { Model } from '../model/model.ts';

export interface FeatureRequest {
  /** At least one. */
  readonly losses: readonly FeatureSpec[];
  /** Frozen: it predicts, and its weights stay as they are. The caller disposes of it. */
  readonly teacher: Model;
  /** In so many first epochs the hints are the whole loss; after them, they are no part of it. 0: all of it always. */
  readonly hintEpochs: number;
}

interface Moment {
  /** Whether the epoch is one of hints alone. */
  readonly hints?: boolean;
}

export interface FeatureLessons {
  /** The regressors', which are trained with the student. */
  readonly variables: readonly tf.Variable[];
  /** The student's layers that are looked at: one for each loss. */
  readonly studentLayers: readonly string[];
  /** What the teacher's layers give for these images, computed outside of the step; the caller disposes of it. */
  inputs(x: tf.Tensor): Readonly<Record<string, tf.Tensor>>;
  /** Inside the step: the whole loss. @param features the student's, one for each loss */
  total(
    loss: tf.Scalar,
    features: readonly tf.Tensor[],
    inputs: Readonly<Record<string, tf.Tensor>>,
    at: Moment,
  ): tf.Scalar;
  /** One loss of them, with its weight. @param inputs of {@link inputs} */
  term(index: number, features: readonly tf.Tensor[], inputs: Readonly<Record<string, tf.Tensor>>): tf.Scalar;
  /** Each loss in the same order: its name, and whether it counts in an epoch of hints, or in the others. */
  readonly terms: readonly { readonly name: string; counts(hints: boolean): boolean }[];
  /** Whether there are epochs of hints, and others. */
  readonly staged: boolean;
  /** The scalars of the step that change. */
  numbers(at: Moment): Readonly<Record<string, number>>;
  close(): void;
}

export function openFeatureLessons(request: FeatureRequest, student: Model, seed: number): FeatureLessons {
  const { losses, teacher, hintEpochs } = request;
  const shapes = { student: student.layerShapes, teacher: teacher.layerShapes };
  const regressors = openRegressors(losses, shapes, seed);
  const teacherLayers = [...new Set(losses.map((spec) => spec.teacher))];
  const step = openStep<undefined>({
    state: teacher.weights.map(({ variable }) => variable),
    work: ({ x }) => teacher.forwardWith(x as tf.Tensor, teacherLayers).features,
    numbers: () => ({}),
    another: () => undefined,
  });
  const inputName = (layer: string): string => `feature/${teacherLayers.indexOf(layer)}`;
  const names = featureNames(losses);
  const staged = hintEpochs > 0;
  const isHint = (index: number): boolean => losses[index]?.method === 'hint';
  const term: FeatureLessons['term'] = (index, features, inputs) => {
    const spec = losses[index];
    const own = features[index];
    const theirs = inputs[inputName(spec?.teacher ?? '')];
    if (spec === undefined || own === undefined || theirs === undefined)
      throw new Error('a feature loss lacks its features');
    const project = (rows: tf.Tensor2D): tf.Tensor2D => regressors.project(index, rows);
    return tf.mul(featureTypeOf(spec).loss(tf, { spec, student: own, teacher: theirs, project }), spec.weight);
  };
  return {
    variables: regressors.variables,
    studentLayers: losses.map((spec) => spec.student),
    inputs: (x) =>
      Object.fromEntries(step.run({ x }, undefined).map((feature, index) => [`feature/${index}`, feature])),
    term,
    terms: names.map((name, index) => ({ name, counts: (hints) => !staged || hints === isHint(index) })),
    staged,
    total: (loss, features, inputs, at) => {
      const [hints, others]: [tf.Tensor[], tf.Tensor[]] = [[], [loss]];
      for (const index of losses.keys()) (isHint(index) ? hints : others).push(term(index, features, inputs));
      if (!staged) return sum([...others, ...hints]);
      // Multiplied and not left out, so that both stages are one computation and each weight has its gradient, be it 0.
      const first = changing('hints', Number(at.hints ?? false));
      return tf.add(tf.mul(sum(hints), first), tf.mul(sum(others), tf.sub(1, first)));
    },
    numbers: ({ hints = false }) => (staged ? { hints: Number(hints) } : {}),
    close: () => {
      step.close();
      regressors.dispose();
    },
  };
}

function sum(values: readonly tf.Tensor[]): tf.Scalar {
  return values.reduce((total, value) => tf.add(total, value)) as tf.Scalar;
}
