import * as tf from '../../tensor/tf.ts';

/** Means over the batches of an epoch, summed on the device so that no batch waits for it. */
export interface Totals {
  /** The sums of losses and of right answers. */
  readonly sums: tf.Variable;
  /** Inside `tf.tidy`. `loss`: the batch's mean; `labels`: one-hot. */
  add(loss: tf.Scalar, logits: tf.Tensor2D, labels: tf.Tensor2D): void;
  /** Begins an epoch. */
  reset(): void;
  dispose(): void;
}

export function openTotals(): Totals {
  const sums = tf.tidy(() => tf.variable(tf.zeros([2]), false));
  return {
    sums,
    add: (loss, logits, labels) => {
      const [batch] = logits.shape;
      const right = tf.sum(tf.cast(tf.equal(tf.argMax(logits, -1), tf.argMax(labels, -1)), 'float32'));
      sums.assign(tf.add(sums, tf.stack([tf.mul(loss, batch), right])));
    },
    reset: () => {
      tf.tidy(() => {
        sums.assign(tf.zeros([2]));
      });
    },
    dispose: () => {
      sums.dispose();
    },
  };
}

/** Waits for the device. @param sums of {@link Totals}. @param samples that were added */
export function meansOf(sums: tf.Tensor, samples: number): { readonly loss: number; readonly accuracy: number } {
  const [loss = 0, right = 0] = sums.dataSync<'float32'>();
  const divisor = Math.max(1, samples);
  return { loss: loss / divisor, accuracy: right / divisor };
}
