/** What is another value in each step of the same computation ({@link ./step.ts}); all else in a step has to stay the same. */
import * as tf from './tf.ts';

export interface Listener {
  readonly number: (name: string, value: number) => tf.Tensor;
  readonly drawn: (
    name: string,
    shape: readonly number[],
    values: Float32Array,
    draw: (at: never) => Float32Array,
  ) => tf.Tensor;
}

let listener: Listener | undefined;

/** A number, as a scalar; the step says its value at each moment by this name. */
export function changing(name: string, value: number): tf.Tensor {
  return listener === undefined ? tf.scalar(value) : listener.number(name, value);
}

/**
 * Random numbers, for one.
 * @param name unique in the step
 * @param at the step's moment itself: `draw` is asked for other moments later, and depends on nothing else
 */
export function drawn<At>(name: string, shape: readonly number[], at: At, draw: (at: At) => Float32Array): tf.Tensor {
  const values = draw(at);
  return listener === undefined ? tf.tensor(values, [...shape]) : listener.drawn(name, shape, values, draw);
}

/** Asks `found` for all of these while `work` runs. */
export function listening<Result>(found: Listener, work: () => Result): Result {
  listener = found;
  try {
    return work();
  } finally {
    listener = undefined;
  }
}
