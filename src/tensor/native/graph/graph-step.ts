/** A step that is rehearsed, recorded, and then run as one graph. */
import { isDeepStrictEqual } from 'node:util';
import * as tf from '../../tf.ts';
import type { Step, StepSpec } from '../../step-spec.ts';
import type { NodeBackend } from '../operation.ts';
import { graphOf, names } from './graph.ts';
import { NotRecordable, record, type Recording } from './recording.ts';
import type { Messages } from './saved-model.ts';
import { openSession, type Session } from './session.ts';

let messages: (() => Messages) | undefined;

/** Where the classes come from that graphs are written with: they are loaded with the first graph. */
export function useMessages(load: () => Messages): void {
  messages = load;
}

/**
 * Runs steps whose inputs have the shapes of the first ones as a graph. Others, and everything where the step cannot be one (random
 * masks, numbers of its own that change), operation by operation.
 */
export function graphStep<At>(spec: StepSpec<At>, plain: Step<At>['run']): Step<At> {
  const { state, numbers } = spec;
  const backend = tf.backend() as unknown as NodeBackend;
  let shapes: Readonly<Record<string, readonly number[]>> | undefined;
  let session: Session | undefined;
  /** Where the state is now. */
  let at: 'variables' | 'graph' = 'variables';

  const settle = (): void => {
    if (session === undefined || at === 'variables') return;
    const read = session.run(
      {},
      state.map((_, index) => names.read(index)),
    );
    tf.tidy(() => {
      for (const [index, output] of read.entries()) state[index]?.assign(backend.createOutputTensor(output));
    });
    at = 'variables';
  };

  return {
    run: (inputs, moment) => {
      if (shapes === undefined) {
        shapes = shapesOf(inputs);
        session = capture(backend, spec, inputs, moment);
      }
      const open = session;
      if (open === undefined || !isDeepStrictEqual(shapes, shapesOf(inputs))) {
        settle();
        plain(inputs, moment);
        return;
      }
      tf.tidy(() => {
        if (at === 'variables') {
          const values = Object.fromEntries(state.map((variable, index) => [names.value(index), variable]));
          fetch(backend, open, values, names.loaded);
          at = 'graph';
        }
        const scalars = Object.entries(numbers(moment)).map(([name, value]) => [name, tf.scalar(value)] as const);
        const feeds = [...Object.entries(inputs), ...scalars].map(([name, tensor]) => [names.input(name), tensor]);
        fetch(backend, open, Object.fromEntries(feeds) as Record<string, tf.Tensor>, names.done);
      });
    },
    settle,
    close: () => {
      session?.close();
      session = undefined;
    },
  };
}

function capture<At>(
  backend: NodeBackend,
  spec: StepSpec<At>,
  inputs: Readonly<Record<string, tf.Tensor>>,
  moment: At,
): Session | undefined {
  if (messages === undefined) return undefined;
  try {
    const first = rehearse(backend, spec, inputs, moment);
    // What is another constant at another moment would be wrong in a graph.
    if (!isDeepStrictEqual(first, rehearse(backend, spec, inputs, spec.another(moment)))) return undefined;
    return openSession(backend, messages(), graphOf(first));
  } catch (error) {
    if (!(error instanceof NotRecordable)) {
      const what = error instanceof Error ? error.message : String(error);
      process.stderr.write(
        `TensorFlow does not take this training step as a graph, so it runs operation by operation, slower: ${what}\n`,
      );
    }
    return undefined;
  }
}

/** Leaves the state as it was. */
function rehearse<At>(
  backend: NodeBackend,
  { state, work }: StepSpec<At>,
  inputs: Readonly<Record<string, tf.Tensor>>,
  moment: At,
): Recording {
  let recording: Recording | undefined;
  tf.tidy(() => {
    const before = state.map((variable) => tf.clone(variable));
    try {
      recording = record(backend, { inputs, state }, () => {
        tf.tidy(() => {
          work(inputs, moment);
        });
      });
    } finally {
      for (const [index, value] of before.entries()) state[index]?.assign(value);
    }
  });
  if (recording === undefined) throw new NotRecordable('the step');
  return recording;
}

function fetch(
  { binding }: NodeBackend,
  session: Session,
  feeds: Readonly<Record<string, tf.Tensor>>,
  name: string,
): void {
  for (const { id } of session.run(feeds, [name])) binding.deleteTensor(id);
}

function shapesOf(inputs: Readonly<Record<string, tf.Tensor>>): Record<string, readonly number[]> {
  return Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, shape]));
}
