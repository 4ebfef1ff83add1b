/** Students that learn beside the one that is kept, of the same layers: trained in its steps, kept in its checkpoints alone. */
import { generator } from '../../tensor/random.ts';
import type * as tf from '../../tensor/tf.ts';
import type { LayerSpec } from '../model/layer-spec.ts';
import type { Shape } from '../model/layer-type.ts';
import { buildModel } from '../model/model.ts';
import type { Model } from '../model/model.ts';

export interface Student {
  readonly model: Model;
  /** Of its initial weights and its dropout. */
  readonly seed: number;
}

export interface Peers {
  readonly students: readonly Student[];
  /** All of their weights, moving statistics too. */
  readonly variables: readonly tf.Variable[];
  readonly trainable: readonly tf.Variable[];
  /** What they predict, each [batch, classes]; inside of `tf.tidy`. */
  logits(x: tf.Tensor): readonly tf.Tensor2D[];
  close(): void;
}

export function openPeers(count: number, layers: readonly LayerSpec[], inputShape: Shape, seed: number): Peers {
  const students = Array.from({ length: count }, (_, index): Student => {
    const own = generator(seed, 'peer', index).uint32();
    return { model: buildModel(layers, inputShape, own), seed: own };
  });
  return {
    students,
    variables: students.flatMap(({ model }) => model.weights.map(({ variable }) => variable)),
    trainable: students.flatMap(({ model }) => model.trainable),
    logits: (x) => students.map(({ model }) => model.forward(x)),
    close: () => {
      for (const { model } of students) model.dispose();
    },
  };
}
