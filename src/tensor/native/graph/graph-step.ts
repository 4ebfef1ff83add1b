/** A step that is rehearsed, recorded, and then run as one graph. */
import { isDeepStrictEqual } from 'node:util';
import * as tf from '../../tf.ts';
import { operationByOperation } from '../../operation-by-operation.ts';
import type { Inputs, Step, StepSpec } from '../../step-spec.ts';
import type { NodeBackend } from '../operation.ts';
import { nativePackage } from '../package.ts';
import { graphOf, names } from './graph.ts';
import { NotRecordable, record, type Rehearsal } from './recording.ts';
import { openSession, type Session } from './session.ts';

/**
 * Runs steps whose inputs have the shapes of the first ones as a graph. Others, and everything where the step cannot be one (numbers
 * of its own that change), operation by operation.
 */
export function graphStep<At>(spec: StepSpec<At>): Step<At> {
  const { state, numbers } = spec;
  const backend = tf.backend() as unknown as NodeBackend;
  let shapes: Readonly<Record<string, readonly number[]>> | undefined;
  let captured: Captured<At> | undefined;
  /** Where the state is now. */
  let at: 'variables' | 'graph' = 'variables';

  const fetchState = ({ session }: Captured<At>, indices: readonly number[]): tf.Tensor[] => {
    const read = session.run(
      {},
      indices.map((index) => names.read(index)),
    );
    return read.map((output) => backend.createOutputTensor(output));
  };

  const settle = (): void => {
    if (captured?.changesState === true && at === 'graph') {
      const open = captured;
      tf.tidy(() => {
        const values = fetchState(open, [...state.keys()]);
        for (const [index, value] of values.entries()) state[index]?.assign(value);
      });
    }
    at = 'variables';
  };

  return {
    run: (inputs, moment) => {
      if (shapes === undefined) {
        shapes = shapesOf(inputs);
        captured = capture(backend, spec, inputs, moment);
      }
      const open = captured;
      if (open === undefined || !isDeepStrictEqual(shapes, shapesOf(inputs))) {
        settle();
        return operationByOperation(spec, inputs, moment);
      }
      return tf.tidy(() => {
        if (at === 'variables') {
          const values = Object.fromEntries(state.map((variable, index) => [names.value(index), variable]));
          free(backend, open.session.run(values, [names.loaded]));
          at = 'graph';
        }
        const fed = {
          ...inputs,
          ...mapped(numbers(moment), (value) => tf.scalar(value)),
          ...mapped(open.draws, ({ shape, draw }) => tf.tensor(draw(moment), [...shape])),
        };
        const feeds = Object.fromEntries(Object.entries(fed).map(([name, tensor]) => [names.input(name), tensor]));
        const [done, ...outputs] = open.session.run(feeds, [names.done, ...open.outputs]);
        free(backend, done === undefined ? [] : [done]);
        return outputs.map((output) => backend.createOutputTensor(output));
      });
    },
    settle,
    read: (variable) => {
      const index = state.indexOf(variable);
      if (captured === undefined || at === 'variables' || index === -1) return tf.clone(variable);
      const [value] = fetchState(captured, [index]);
      return value ?? tf.clone(variable);
    },
    close: () => {
      captured?.session.close();
      captured = undefined;
      at = 'variables';
    },
  };
}

interface Captured<At> {
  readonly session: Session;
  /** The names of what it gives back. */
  readonly outputs: readonly string[];
  readonly draws: Rehearsal<At>['draws'];
  readonly changesState: boolean;
}

function capture<At>(backend: NodeBackend, spec: StepSpec<At>, inputs: Inputs, moment: At): Captured<At> | undefined {
  try {
    const { recording, draws } = rehearse(backend, spec, inputs, moment);
    // What is another constant at another moment would be wrong in a graph.
    const another = rehearse(backend, spec, inputs, spec.another(moment));
    if (!isDeepStrictEqual(recording, another.recording)) return undefined;
    return {
      session: openSession(backend, nativePackage().messages(), graphOf(recording)),
      outputs: recording.outputs.map((_, index) => names.output(index)),
      draws,
      changesState: recording.results.some((result, index) => result.from !== 'state' || result.index !== index),
    };
  } catch (error) {
    if (!(error instanceof NotRecordable)) {
      const what = error instanceof Error ? error.message : String(error);
      process.stderr.write(
        `TensorFlow does not take this step as a graph, so it runs operation by operation, slower: ${what}\n`,
      );
    }
    return undefined;
  }
}

/** Leaves the state as it was. */
function rehearse<At>(backend: NodeBackend, spec: StepSpec<At>, inputs: Inputs, moment: At): Rehearsal<At> {
  const { state } = spec;
  let rehearsal: Rehearsal<At> | undefined;
  tf.tidy(() => {
    const before = state.map((variable) => tf.clone(variable));
    try {
      rehearsal = record(backend, { inputs, state }, () => operationByOperation(spec, inputs, moment));
    } finally {
      for (const [index, value] of before.entries()) state[index]?.assign(value);
    }
  });
  if (rehearsal === undefined) throw new NotRecordable('the step');
  return rehearsal;
}

function free({ binding }: NodeBackend, outputs: readonly { readonly id: number }[]): void {
  for (const { id } of outputs) binding.deleteTensor(id);
}

function shapesOf(inputs: Inputs): Record<string, readonly number[]> {
  return mapped(inputs, ({ shape }) => shape);
}

function mapped<From, To>(values: Readonly<Record<string, From>>, convert: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, convert(value)]));
}
