import { changing, drawn } from '../../tensor/changing.ts';
import { generator } from '../../tensor/random.ts';
import { openStep } from '../../tensor/step.ts';
import * as tf from '../../tensor/tf.ts';
import { openAugmentation } from '../augmentation/augment.ts';
import type { Augmentation } from '../augmentation/augmentation-spec.ts';
import { batchLoss } from '../losses/loss.ts';
import type { Factor } from '../losses/loss-type.ts';
import { isChanging, lossFactors } from '../losses/loss-spec.ts';
import type { LossSpec } from '../losses/loss-spec.ts';
import type { Progress } from '../losses/schedule.ts';
import type { Fill, Shape } from '../model/layer-type.ts';
import type { Model } from '../model/model.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import type { Samples } from '../samples.ts';
import { batchPixels, batchRows, oneHotLabels } from './batches.ts';
import type { FeatureLessons } from './feature-lessons.ts';
import type { Peers, Student } from './peers.ts';
import { meansOf, openTotals } from './totals.ts';
import type { Totals } from './totals.ts';

/** What does not change from step to step. */
export interface Learner {
  readonly model: Model;
  readonly optimizer: Optimizer;
  readonly loss: LossSpec;
  readonly seed: number;
  readonly samples: Samples;
  /** [samples.count, classes] */
  readonly teacherLogits: Float32Array | undefined;
  readonly features?: FeatureLessons | undefined;
  /** Those that it learns from, and that learn from it. */
  readonly peers?: Peers | undefined;
  /** How the samples are moved, anew in each epoch. */
  readonly augmentation?: Augmentation;
}

/** Where in the training a batch is. */
interface Moment extends Progress {
  /** From 0, over all epochs: it names the dropout masks. */
  readonly step: number;
  readonly learningRate: number;
  /** Whether the epoch is one of hints alone. */
  readonly hints?: boolean;
  /** The step that the optimiser counts from, 0 where not given. */
  readonly start?: number;
}

export interface Lessons {
  /** One batch: forward, backward, update. Leaves no tensor behind and reads nothing back. */
  learn(indices: Int32Array, at: Moment): void;
  /** Begins an epoch; from 1. */
  begin(epoch: number): void;
  /** Means over the epoch so far. @param samples that were learned in it */
  means(samples: number): { readonly loss: number; readonly accuracy: number };
  /** To be called before weights or slots are read or written. */
  settle(): void;
  close(): void;
}

export function openLessons(learner: Learner): Lessons {
  const { model, optimizer, samples, teacherLogits, features, peers, augmentation, seed } = learner;
  let augment: ReturnType<typeof openAugmentation> | undefined;
  const totals = openTotals();
  const step = openStep<Moment>({
    state: [
      ...model.weights.map(({ variable }) => variable),
      ...(features?.variables ?? []),
      ...(peers?.variables ?? []),
      ...optimizer.slots,
      totals.sums,
    ],
    work: (inputs, at) => {
      update(learner, totals, inputs, at);
      return [];
    },
    numbers: (at) => ({
      rate: optimizer.rate(sinceStart(at)),
      ...changingNumbers(learner.loss, at),
      ...features?.numbers(at),
    }),
    another: ({ step: index, learningRate, epoch, ...rest }) => ({
      ...rest,
      step: index + 1,
      learningRate: learningRate / 2 + 1e-3,
      epoch: epoch / 2 + 1,
    }),
  });
  return {
    learn: (indices, at) => {
      tf.tidy(() => {
        const inputs = { x: batchPixels(samples, indices, augment), labels: oneHotLabels(samples, indices) };
        const teacher =
          teacherLogits === undefined ? {} : { teacher: batchRows(teacherLogits, samples.classes, indices) };
        step.run({ ...inputs, ...teacher, ...features?.inputs(inputs.x) }, at);
      });
    },
    begin: (epoch) => {
      step.settle();
      totals.reset();
      const { shape, count } = samples;
      if (augmentation !== undefined) augment = openAugmentation(augmentation, { shape, count, seed, round: epoch });
    },
    means: (samples) => tf.tidy(() => meansOf(step.read(totals.sums), samples)),
    settle: () => {
      step.settle();
    },
    close: () => {
      step.close();
      totals.dispose();
    },
  };
}

function update(
  { model, optimizer, loss, seed, features, peers }: Learner,
  totals: Totals,
  inputs: Readonly<Record<string, tf.Tensor>>,
  at: Moment,
): void {
  const { x, labels, teacher } = inputs as { x: tf.Tensor; labels: tf.Tensor2D; teacher?: tf.Tensor2D };
  const targets = { labels, ...(teacher === undefined ? {} : { teacherLogits: teacher }) };
  const { grads } = tf.variableGrads(() => {
    const draw = drawing('dropout', seed, at);
    const given = model.forwardWith(x, features?.studentLayers ?? [], { training: true, draw });
    const { logits } = given;
    const others = peers?.students.map((peer, index) => peerLogits(peer, index, x, at));
    const factors = factorsAt(loss, at);
    const ownTargets = others === undefined ? targets : { ...targets, peerLogits: others };
    const ownLoss = batchLoss(loss, logits, ownTargets, factors);
    const value = features?.total(ownLoss, given.features, inputs, at) ?? ownLoss;
    totals.add(value, logits, labels);
    if (others === undefined) return value;
    // To each loss the other students' logits are constants, so the gradient of the sum is to each student that of its own loss.
    const losses = others.map((own) => {
      return batchLoss(
        loss,
        own,
        { ...targets, peerLogits: [logits, ...others.filter((other) => other !== own)] },
        factors,
      );
    });
    return losses.reduce((sum, each) => tf.add(sum, each), value);
  }, [...model.trainable, ...(features?.variables ?? []), ...(peers?.trainable ?? [])]);
  optimizer.apply(grads, sinceStart(at));
  model.constrain();
  for (const peer of peers?.students ?? []) peer.model.constrain();
}

function peerLogits({ model, seed }: Student, index: number, x: tf.Tensor, at: Moment): tf.Tensor2D {
  return model.forward(x, { training: true, draw: drawing(`peer/${index}/dropout`, seed, at) });
}

/** Dropout masks, of streams that the seed, the layer and the step name. @param name one for each model in the step */
function drawing(name: string, seed: number, at: Moment): (layer: number, shape: Shape, fill: Fill) => tf.Tensor {
  return (layer, shape, fill) =>
    drawn(`${name}/${layer}`, shape, at, ({ step }) => {
      const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
      fill(generator(seed, 'dropout', layer, step), values);
      return values;
    });
}

/** Where they change, scalars that a graph is given anew in each step. */
function factorsAt(loss: LossSpec, at: Moment): Readonly<Record<string, Factor>> {
  const factors = lossFactors(loss, at);
  if (!isChanging(loss)) return factors;
  return Object.fromEntries(Object.entries(factors).map(([name, value]) => [name, changing(factorName(name), value)]));
}

function changingNumbers(loss: LossSpec, at: Moment): Readonly<Record<string, number>> {
  if (!isChanging(loss)) return {};
  return Object.fromEntries(Object.entries(lossFactors(loss, at)).map(([name, value]) => [factorName(name), value]));
}

function factorName(name: string): string {
  return `loss/${name}`;
}

function sinceStart({ step, start = 0, learningRate }: Moment): {
  readonly step: number;
  readonly learningRate: number;
} {
  return { step: step - start, learningRate };
}
