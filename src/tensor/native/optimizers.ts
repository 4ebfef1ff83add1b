/** Optimiser updates as one operation of TensorFlow's, where they would be ten or more for each variable. */
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { ADAM_UPDATE, MOMENTUM_UPDATE, type AdamAttributes, type MomentumAttributes } from '../kernels/optimizers.ts';
import { changing } from '../changing.ts';
import * as tf from '../tf.ts';
import { flag, floats, input, nativeKernel, text, type NodeBackend } from './operation.ts';

/** (w, m, v, grad) to the next (w, m, v). */
export function adamUpdateKernel(): KernelConfig {
  return nativeKernel<AdamAttributes>(ADAM_UPDATE, (call) => {
    const { alpha, beta1, beta2, epsilon } = call.attrs;
    const state = ['w', 'm', 'v'].map((name) => input(call, name));
    // alpha has the correction of the bias in it, so the operation is told that there is none: both powers of beta are 0.
    const numbers = [0, 0, { changing: alpha }, beta1, beta2, epsilon];
    return update(call.backend, state, { operation: 'ResourceApplyAdam', numbers, grad: input(call, 'grad') });
  });
}

/** (w, m, grad) to the next (w, m). */
export function momentumUpdateKernel(): KernelConfig {
  return nativeKernel<MomentumAttributes>(MOMENTUM_UPDATE, (call) => {
    const { learningRate, momentum, nesterov } = call.attrs;
    const state = ['w', 'm'].map((name) => input(call, name));
    const grad = input(call, 'grad');
    // Its inputs are in another order: the learning rate, the gradient, the momentum.
    return update(call.backend, state, {
      operation: 'ResourceApplyKerasMomentum',
      numbers: [{ changing: learningRate }],
      grad,
      after: [momentum],
      nesterov,
    });
  });
}

interface Update {
  readonly operation: string;
  readonly numbers: readonly (number | { readonly changing: number })[];
  readonly grad: TensorInfo;
  /** Numbers that follow the gradient. */
  readonly after?: readonly number[];
  readonly nesterov?: boolean;
}

/** These operations work on variables of TensorFlow's own: the state is lent to some, and taken back. */
function update(
  backend: NodeBackend,
  state: readonly TensorInfo[],
  { operation, numbers, grad, after = [], nesterov = false }: Update,
): TensorInfo[] {
  const scalars = [numbers, after].map((each) =>
    each.map((number) => (typeof number === 'number' ? tf.scalar(number) : changing('rate', number.changing))),
  );
  const [before = [], behind = []] = scalars;
  const attributes = [
    floats(backend, 'T'),
    flag(backend, 'use_locking', false),
    flag(backend, 'use_nesterov', nesterov),
  ];
  const loans = state.map((value) => lend(backend, value));
  let next: TensorInfo[] = [];
  try {
    const inputs = [...loans.map(({ variable }) => variable), ...before, grad, ...behind];
    backend.binding.executeOp(operation, attributes, backend.getInputTensorIds(inputs), 0);
  } finally {
    next = loans.map((loan) => loan.takeBack());
    for (const tensor of scalars.flat()) tensor.dispose();
  }
  return next;
}

interface Loan {
  readonly variable: tf.Tensor;
  readonly takeBack: () => TensorInfo;
}

/**
 * Puts a tensor's value into a variable. TensorFlow changes it in place if nobody else has it, and a copy otherwise. So where no other
 * tensor shares the data, this one lets go of it meanwhile, and then is itself the one with the next value.
 */
function lend(backend: NodeBackend, value: TensorInfo): Loan {
  const { binding } = backend;
  const variable = variableWith(backend, value);
  const own = backend.refCount(value.dataId) === 1 ? backend.tensorMap.get(value.dataId) : undefined;
  if (own !== undefined) binding.deleteTensor(own.id);
  return {
    variable,
    takeBack: () => {
      const ids = backend.getInputTensorIds([variable]);
      const [read] = binding.executeOp('ReadVariableOp', [floats(backend, 'dtype')], ids, 1);
      variable.dispose();
      if (read === undefined) throw new Error('ReadVariableOp gave nothing');
      if (own === undefined) return backend.createOutputTensor(read);
      own.id = read.id;
      backend.incRef(value.dataId);
      return { dataId: value.dataId, shape: value.shape, dtype: value.dtype };
    },
  };
}

/** A variable that is gone with its handle, which the caller disposes of. */
function variableWith(backend: NodeBackend, value: TensorInfo): tf.Tensor {
  const { binding } = backend;
  const variable = backend.executeSingleOutput(
    'VarHandleOp',
    [
      text(backend, 'container', ''),
      text(backend, 'shared_name', ANONYMOUS),
      floats(backend, 'dtype'),
      { name: 'shape', type: binding.TF_ATTR_SHAPE, value: value.shape },
    ],
    [],
  );
  binding.executeOp('AssignVariableOp', [floats(backend, 'dtype')], backend.getInputTensorIds([variable, value]), 0);
  return variable;
}

/** TensorFlow's own name for variables that no one else can find, and that end with their handle (ResourceHandle::ANONYMOUS_NAME). */
const ANONYMOUS = 'cd2c89b7-88b7-44c8-ad83-06c2a9158347';
