import * as tf from './tf.ts';

type Listener = (name: string, value: number) => tf.Tensor;

let listener: Listener | undefined;

/**
 * A number that is another one in each step, as a scalar. A step that is run as a graph ({@link ./step.ts}) is given its new value by
 * this name; any other number in it has to stay the same.
 */
export function changing(name: string, value: number): tf.Tensor {
  return listener === undefined ? tf.scalar(value) : listener(name, value);
}

/** Asks `found` for these scalars while `work` runs. */
export function listening(found: Listener, work: () => void): void {
  listener = found;
  try {
    work();
  } finally {
    listener = undefined;
  }
}
