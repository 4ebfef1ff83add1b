/** A model that others made, of operations and not of layers: it can be run, and that is all. */
import type * as tf from '../../tf.ts';

/** One tensor that goes in or out. */
export interface Port {
  /** As the model's signature has it. */
  readonly name: string;
  /** TensorFlow's word for the type of its numbers: `DT_FLOAT`. */
  readonly type: string;
  /** With the batch in front; null where any size will do. Undefined where the model does not say. */
  readonly shape: readonly (number | null)[] | undefined;
}

export interface ForeignModel {
  readonly input: Port;
  readonly output: Port;
  /**
   * @param images float32, of the input's shape: another one may end the process
   * @returns float32; the caller disposes of it
   * @throws Error in TensorFlow's words
   */
  run(images: tf.Tensor): Promise<tf.Tensor>;
  close(): void;
}

/** Which of its ports; the only ones where a name is left out. */
export interface PortChoice {
  /** Of a SavedModel: `serving_default`, or the only one, if absent. */
  readonly signature?: string;
  readonly input?: string;
  readonly output?: string;
}

/** What a person's model has or lacks, so that it cannot be run here. */
export class ForeignModelProblem extends Error {
  override readonly name = 'ForeignModelProblem';
  readonly hint: string | undefined;
  /** Which choice it is about; the model itself if absent. */
  readonly about: keyof PortChoice | undefined;

  /** @param message the rest of a sentence that begins with the model's path */
  constructor(message: string, more: { readonly hint?: string; readonly about?: keyof PortChoice } = {}) {
    super(message);
    this.hint = more.hint;
    this.about = more.about;
  }
}

/** @throws ForeignModelProblem */
export function choosePort<P extends Port>(
  ports: readonly P[],
  which: 'input' | 'output',
  wanted: string | undefined,
): P {
  const names = ports.map(({ name }) => name).join(', ');
  if (wanted !== undefined) {
    const found = ports.find(({ name }) => name === wanted);
    if (found !== undefined) return found;
    const hint = names === '' ? {} : { hint: `it has ${names}` };
    throw new ForeignModelProblem(`has no ${which} "${wanted}"`, { ...hint, about: which });
  }
  const [only, another] = ports;
  if (only === undefined) throw new ForeignModelProblem(`has no ${which} in its signature`);
  if (another === undefined) return only;
  throw new ForeignModelProblem(`has several ${which}s: ${names}`, {
    hint: `name the one that is meant: \`${which}: ${only.name}\``,
    about: which,
  });
}
