import type * as TensorFlow from '../../../tensor/tf.ts';
import { toSameArea } from './area.ts';
import type { AnyFeatureSpec, FeatureType } from './feature-type.ts';

export interface HintSpec extends AnyFeatureSpec {
  readonly method: 'hint';
}

/**
 * mean (r(f_s) − f_t)²: the student's layer learns to say what the teacher's says. Images are first averaged to the smaller size of
 * the two. r, where the channels (or numbers) are not as many, is a learned convolution of 1×1 with a bias, of lists a dense layer.
 * FitNets: Romero et al. 2015 (arXiv 1412.6550).
 */
export const hint: FeatureType<HintSpec> = {
  method: 'hint',
  defaults: { weight: 1 },
  source: 'arXiv 1412.6550',
  alike: 'rank',
  regressor: (student, teacher) => {
    const [from = 0, to = 0] = [student.at(-1), teacher.at(-1)];
    return from === to ? undefined : { from, to };
  },
  formula: (f, g) => ({ text: `mean (r(${f}) − ${g})²`, where: ['r = the learned regressor, where sizes differ'] }),
  loss: (tf, { student, teacher, project }) => {
    const [own, theirs] = student.rank === 4 ? toSameArea(tf, student, teacher) : [student, teacher];
    return tf.mean(tf.squaredDifference(project(channels(tf, own)), channels(tf, theirs)));
  },
};

/** A row for each sample, or for each of an image's places. */
function channels(tf: typeof TensorFlow, features: TensorFlow.Tensor): TensorFlow.Tensor2D {
  const size = features.shape.at(-1) ?? 1;
  return tf.reshape(features, [features.size / size, size]);
}
