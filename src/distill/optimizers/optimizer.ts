/** Optimisers on explicit variables, with explicit state. */
import { adamRate, adamUpdate, rmspropUpdate, sgdUpdate } from '../../tensor/optimizer-kernels.ts';
import * as tf from '../../tensor/tf.ts';
import type { AdamSpec, OptimizerSpec, RmspropSpec, SgdSpec } from './optimizer-spec.ts';

export interface Optimizer {
  /** Everything that it remembers between steps, in a fixed order: a checkpoint saves it. */
  readonly slots: readonly tf.Variable[];
  /** @param gradients by the variables' own names, as `tf.variableGrads` gives them */
  apply(gradients: tf.NamedTensorMap, at: Moment): void;
  /** The one number of an update that is another one from step to step. */
  rate(at: Moment): number;
  /** Forgets everything: it is as it was when it was made. */
  reset(): void;
  dispose(): void;
}

/** `step` from 0. */
interface Moment {
  readonly learningRate: number;
  readonly step: number;
}

type Update = (gradient: tf.Tensor, at: Moment) => void;

/** One variable's update, and what it remembers. */
interface Slotted {
  readonly slots: readonly tf.Variable[];
  readonly update: Update;
}

export function createOptimizer(spec: OptimizerSpec, variables: readonly tf.Variable[]): Optimizer {
  const slotted = variables.map((variable) => slottedUpdate(spec, variable));
  const slots = slotted.flatMap((own) => own.slots);
  return {
    slots,
    apply: (gradients, at) => {
      for (const [index, variable] of variables.entries()) {
        const gradient = gradients[variable.name];
        if (gradient === undefined) throw new Error('a variable has no gradient');
        slotted[index]?.update(gradient, at);
      }
    },
    // The first update's bias correction has the exponent 1.
    rate: ({ learningRate, step }) =>
      spec.type === 'adam' ? adamRate({ ...spec, learningRate, step: step + 1 }) : learningRate,
    reset: () => {
      tf.tidy(() => {
        for (const slot of slots) slot.assign(tf.zeros(slot.shape));
      });
    },
    dispose: () => {
      for (const slot of slots) slot.dispose();
    },
  };
}

function slottedUpdate(spec: OptimizerSpec, variable: tf.Variable): Slotted {
  switch (spec.type) {
    case 'adam':
      return adam(spec, variable);
    case 'sgd':
      return sgd(spec, variable);
    case 'rmsprop':
      return rmsprop(spec, variable);
  }
}

function adam({ beta1, beta2, epsilon }: AdamSpec, variable: tf.Variable): Slotted {
  const slots = { m: zeros(variable), v: zeros(variable) };
  return {
    slots: [slots.m, slots.v],
    update: (gradient, { learningRate, step }) => {
      adamUpdate(variable, gradient, slots, { learningRate, beta1, beta2, epsilon, step: step + 1 });
    },
  };
}

function sgd({ momentum, nesterov }: SgdSpec, variable: tf.Variable): Slotted {
  const slots = momentum === 0 ? {} : { momentum: zeros(variable) };
  return {
    slots: Object.values(slots),
    update: (gradient, { learningRate }) => {
      sgdUpdate(variable, gradient, slots, { learningRate, momentum, nesterov });
    },
  };
}

function rmsprop({ rho, momentum, epsilon, centered }: RmspropSpec, variable: tf.Variable): Slotted {
  const slots = {
    meanSquare: zeros(variable),
    ...(momentum === 0 ? {} : { momentum: zeros(variable) }),
    ...(centered ? { meanGrad: zeros(variable) } : {}),
  };
  return {
    slots: Object.values(slots),
    update: (gradient, { learningRate }) => {
      rmspropUpdate(variable, gradient, slots, { learningRate, rho, momentum, epsilon, centered });
    },
  };
}

function zeros(like: tf.Variable): tf.Variable {
  return tf.tidy(() => tf.variable(tf.zeros(like.shape), false));
}
