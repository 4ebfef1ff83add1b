import { generator } from '../../tensor/random.ts';
import * as tf from '../../tensor/tf.ts';
import { batchLoss } from '../losses/loss.ts';
import { lossFactors, lossTerms } from '../losses/loss-spec.ts';
import type { Targets } from '../losses/loss-type.ts';
import type { LogitsAndFeatures } from '../model/model.ts';
import type { Progress } from '../losses/schedule.ts';
import { batchPixels, batchRows, oneHotLabels } from './batches.ts';
import type { Learner } from './step.ts';

/**
 * A batch, as they mostly are: enough to compare norms by, and it costs little beside an epoch, in memory too; with losses between
 * samples, whose work grows with the third power of how many there are, as well.
 */
const MOST_SAMPLES = 64;

const SUFFIX = 'GradientShare';

/**
 * How much each term of the loss moves the weights, by `labelsGradientShare` and the like: the norm of its gradient by them, divided by
 * the sum of all terms' norms. Measured as the weights stand, without dropout, on samples that are drawn once for a training. Terms may
 * pull in opposite directions; a share does not tell. None where the loss has a single term.
 */
export function gradientShares(learner: Learner, at: Moment): Readonly<Record<string, number>> {
  const terms = termsOf(learner, at);
  if (terms.length < 2) return {};
  const norms = tf.tidy(() => normsOf(learner, terms, at));
  const sum = norms.reduce((total, norm) => total + norm, 0);
  if (!(sum > 0 && Number.isFinite(sum))) return {};
  return Object.fromEntries(terms.map(({ name }, index) => [`${name}${SUFFIX}`, (norms[index] ?? 0) / sum]));
}

interface Moment extends Progress {
  /** Whether the epoch is one of hints alone: what does not count in it has a share of 0. */
  readonly hints: boolean;
}

interface Term {
  readonly name: string;
  counts(hints: boolean): boolean;
  value(given: LogitsAndFeatures, inputs: Inputs): tf.Scalar;
}

/** What a term is measured on: of the images, their labels, and what the teacher says of them. */
interface Inputs extends Targets {
  readonly features: Readonly<Record<string, tf.Tensor>>;
}

function termsOf({ loss, features }: Learner, at: Moment): readonly Term[] {
  const ofLogits = lossTerms(loss).map((name): Term => {
    return {
      name,
      counts: (hints) => features?.staged !== true || !hints,
      value: ({ logits }, inputs) => batchLoss(loss, logits, inputs, lossFactors(loss, at), name),
    };
  });
  if (features === undefined) return ofLogits;
  const ofFeatures = features.terms.map((term, index): Term => {
    return { ...term, value: (given, inputs) => features.term(index, given.features, inputs.features) };
  });
  return [...ofLogits, ...ofFeatures];
}

function normsOf(learner: Learner, terms: readonly Term[], at: Moment): number[] {
  const { model, seed, samples, teacherLogits, features, peers } = learner;
  const indices = generator(seed, 'gradient shares').permutation(samples.count).subarray(0, MOST_SAMPLES);
  const x = batchPixels(samples, indices);
  const inputs: Inputs = {
    labels: oneHotLabels(samples, indices),
    ...(teacherLogits === undefined ? {} : { teacherLogits: batchRows(teacherLogits, samples.classes, indices) }),
    ...(peers === undefined ? {} : { peerLogits: peers.logits(x) }),
    features: features?.inputs(x) ?? {},
  };
  return terms.map((term) => {
    if (!term.counts(at.hints)) return 0;
    const ofTerm = (): tf.Scalar => {
      return term.value(model.forwardWith(x, features?.studentLayers ?? [], { training: false }), inputs);
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
