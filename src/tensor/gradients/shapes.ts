/** Gradients of what moves numbers and does not change them, and of reductions. */
import type { GradConfig } from '@tensorflow/tfjs-core';
import * as tf from '../tf.ts';
import { fromInput, fromNothing } from './define.ts';

export const shapeGradients: GradConfig[] = [
  fromNothing('Identity', (dy) => ({ x: () => tf.clone(dy) })),
  fromNothing('Cast', (dy) => ({ x: () => tf.clone(dy) })),
  fromInput('Reshape', 'x', (dy, x) => ({ x: () => tf.reshape(dy, x.shape) })),
  fromInput('ExpandDims', 'input', (dy, input) => ({ input: () => tf.reshape(dy, input.shape) })),
  fromNothing('Transpose', (dy, { perm }) => ({
    x: () => tf.transpose(dy, tf.backend_util.getUndoAxesPermutation(perm as number[])),
  })),
  fromInput('Slice', 'x', (dy, x, { begin, size }) => ({
    x: () => {
      const parsed = tf.slice_util.parseSliceParams(x, begin as number[], size as number[]) as [number[], number[]];
      const [from, length] = parsed;
      const around = x.shape.map((total, axis): [number, number] => {
        const before = from[axis] ?? 0;
        return [before, total - before - (length[axis] ?? total)];
      });
      return tf.pad(dy, around);
    },
  })),
  fromInput('PadV2', 'x', (dy, x, { paddings }) => ({
    x: () =>
      tf.slice(
        dy,
        (paddings as [number, number][]).map(([before]) => before),
        x.shape,
      ),
  })),
  {
    kernelName: 'Concat',
    saveAllInputs: true,
    gradFunc: (dy, saved, { axis }) => {
      const along = axis as number;
      const sizes = saved.map((part) => part.shape.at(along) ?? 0);
      return Object.fromEntries(
        tf.split(dy as tf.Tensor, sizes, along).map((part, index) => [String(index), () => part]),
      );
    },
  },
  {
    kernelName: 'SplitV',
    gradFunc: (dy, _, { axis }) => ({ x: () => tf.concat(dy as tf.Tensor[], axis as number) }),
  },
  {
    kernelName: 'Pack',
    saveAllInputs: true,
    gradFunc: (dy, _, { axis }) =>
      Object.fromEntries(tf.unstack(dy as tf.Tensor, axis as number).map((part, index) => [String(index), () => part])),
  },
  {
    kernelName: 'Unpack',
    gradFunc: (dy, _, { axis }) => ({ value: () => tf.stack(dy as tf.Tensor[], axis as number) }),
  },
  fromInput('Tile', 'x', (dy, x, { reps }) => ({
    x: () => {
      // Each axis as (repetitions, size): the repetitions are summed away.
      const split = x.shape.flatMap((size, axis) => [(reps as number[])[axis] ?? 1, size]);
      const repetitions = x.shape.map((_, axis) => 2 * axis);
      return tf.reshape(tf.sum(tf.reshape(dy, split), repetitions), x.shape);
    },
  })),
  fromInput('Sum', 'x', (dy, x, { axis }) => ({ x: () => spread(dy, x.shape, axis) })),
  fromInput('Mean', 'x', (dy, x, { axis }) => ({
    x: () => spread(tf.div(dy, x.size / dy.size), x.shape, axis),
  })),
  extremum('Max'),
  extremum('Min'),
];

/** Equal extrema share the gradient, as in TensorFlow. */
function extremum(kernelName: 'Max' | 'Min'): GradConfig {
  return {
    kernelName,
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: (dy, saved, attrs) => {
      const indices = attrs[kernelName === 'Max' ? 'reductionIndices' : 'axis'] as number[];
      const [x, y] = saved as [tf.Tensor, tf.Tensor];
      return {
        x: () => {
          const kept = keptShape(x.shape, indices);
          const chosen = tf.cast(tf.equal(x, tf.reshape(y, kept)), 'float32');
          const count = tf.sum(chosen, tf.util.parseAxisParam(indices, x.shape), true);
          return tf.mul(chosen, tf.div(tf.reshape(dy as tf.Tensor, kept), count));
        },
      };
    },
  };
}

/** The gradient of a sum: each summand's is the sum's. */
function spread(dy: tf.Tensor, shape: number[], axis: unknown): tf.Tensor {
  return tf.mul(tf.reshape(dy, keptShape(shape, axis)), tf.ones(shape));
}

/** The shape after a reduction that keeps the reduced axes, with size 1. */
function keptShape(shape: number[], axis: unknown): number[] {
  const axes = tf.util.parseAxisParam(axis as number[], shape);
  return shape.map((size, index) => (axes.includes(index) ? 1 : size));
}
