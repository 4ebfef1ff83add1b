import { generator } from '../../tensor/random.ts';
import * as tf from '../../tensor/tf.ts';
import { batchLoss } from '../losses/loss.ts';
import { lossFactors, lossTerms } from '../losses/loss-spec.ts';
import type { Progress } from '../losses/schedule.ts';
import { batchPixels, batchRows, oneHotLabels } from './batches.ts';
import type { Learner } from './step.ts';

/** As many samples are enough to compare norms by, and cost little beside an epoch. */
const MOST_SAMPLES = 256;

const SUFFIX = 'GradientShare';

/**
 * How much each term of the loss moves the weights, by `labelsGradientShare` and the like: the norm of its gradient by them, divided by
 * the sum of all terms' norms. Measured as the weights stand, without dropout, on samples that are drawn once for a training. Terms may
 * pull in opposite directions; a share does not tell. None where the loss has a single term.
 */
export function gradientShares(learner: Learner, at: Progress): Readonly<Record<string, number>> {
  const terms = lossTerms(learner.loss);
  if (terms.length < 2) return {};
  const norms = tf.tidy(() => normsOf(learner, terms, at));
  const sum = norms.reduce((total, norm) => total + norm, 0);
  if (!(sum > 0 && Number.isFinite(sum))) return {};
  return Object.fromEntries(terms.map((name, index) => [`${name}${SUFFIX}`, (norms[index] ?? 0) / sum]));
}

function normsOf(
  { model, loss, seed, samples, teacherLogits }: Learner,
  terms: readonly string[],
  at: Progress,
): number[] {
  const indices = generator(seed, 'gradient shares').permutation(samples.count).subarray(0, MOST_SAMPLES);
  const x = batchPixels(samples, indices);
  const labels = oneHotLabels(samples, indices);
  const teacher =
    teacherLogits === undefined ? {} : { teacherLogits: batchRows(teacherLogits, samples.classes, indices) };
  return terms.map((name) => {
    const ofTerm = (): tf.Scalar => {
      const logits = model.forward(x, { training: false });
      return batchLoss(loss, logits, { labels, ...teacher }, lossFactors(loss, at), name);
    };
    const { grads } = tf.variableGrads(ofTerm, [...model.trainable]);
    const squares = Object.values(grads).map((gradient) => tf.sum(tf.square(gradient)).dataSync<'float32'>()[0] ?? 0);
    return Math.sqrt(squares.reduce((total, square) => total + square, 0));
  });
}

/** The mean of each share over the epochs, by the terms' names; undefined where there are none. */
export function meanShares(
  history: readonly Readonly<Record<string, number>>[],
): Readonly<Record<string, number>> | undefined {
  const names = Object.keys(history[0] ?? {}).filter((name) => name.endsWith(SUFFIX));
  if (names.length === 0) return undefined;
  const mean = (name: string) => history.reduce((sum, figures) => sum + (figures[name] ?? 0), 0) / history.length;
  return Object.fromEntries(names.map((name) => [name.slice(0, -SUFFIX.length), mean(name)]));
}
