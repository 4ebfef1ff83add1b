/** A step of training: the same computation again and again, on other inputs, which changes a state. */
import type * as tf from './tf.ts';

export type Inputs = Readonly<Record<string, tf.Tensor>>;

export interface StepSpec<At> {
  /** float32 variables that it reads and changes, and no others. */
  readonly state: readonly tf.Variable[];
  /** Reads no tensor but its inputs and the state, and nothing back. */
  readonly work: (inputs: Inputs, at: At) => void;
  /** What the scalars of {@link ./changing.ts} are at this moment. */
  readonly numbers: (at: At) => Readonly<Record<string, number>>;
  /** Any other moment: what differs there cannot be kept in a graph. */
  readonly another: (at: At) => At;
}

export interface Step<At> {
  /** @param inputs float32, of the same names each time */
  readonly run: (inputs: Inputs, at: At) => void;
  /** To be called before the state is read or written elsewhere: it may be inside a graph. */
  readonly settle: () => void;
  /** Frees the graph. What was not settled is lost. */
  readonly close: () => void;
}
