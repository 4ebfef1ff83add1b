/** A step of training or prediction: the same computation again and again, on other inputs, with a state that it may change. */
import type * as tf from './tf.ts';

export type Inputs = Readonly<Record<string, tf.Tensor>>;

export interface StepSpec<At> {
  /** float32 variables that it reads and changes, and no others. */
  readonly state: readonly tf.Variable[];
  /** Reads no tensor but its inputs and the state, and nothing back. @returns float32 tensors, always as many */
  readonly work: (inputs: Inputs, at: At) => readonly tf.Tensor[];
  /** What the scalars of {@link ./changing.ts} are at this moment. */
  readonly numbers: (at: At) => Readonly<Record<string, number>>;
  /** Any other moment: what differs there cannot be kept in a graph. */
  readonly another: (at: At) => At;
}

export interface Step<At> {
  /** @param inputs float32, of the same names each time. @returns what the work does; the caller disposes of it */
  readonly run: (inputs: Inputs, at: At) => readonly tf.Tensor[];
  /** To be called before the state is read or written elsewhere: it may be inside a graph. */
  readonly settle: () => void;
  /** A variable of the state as it is now, without settling all of it; the caller disposes of it. */
  readonly read: (variable: tf.Variable) => tf.Tensor;
  /** Frees the graph. What was not settled is lost. */
  readonly close: () => void;
}
