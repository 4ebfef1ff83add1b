/** What convolutions and poolings share: a window that moves over [height, width, channels]. */
import type { JsonValue } from '../../base/json.ts';
import type { Shape, ShapeProblem } from './layer-type.ts';

export type Pair = readonly [number, number];
export type Padding = 'valid' | 'same';

export interface Window {
  readonly size: Pair;
  readonly strides: Pair;
  readonly padding: Padding;
  readonly dilation?: Pair;
}

export const takesImage = {
  rank: 3,
  words: '[height, width, channels]',
  hint: 'move it before `flatten` and `dense`, which give a list of numbers',
};

/** A number stands for both directions. */
export function pair(value: JsonValue): JsonValue {
  return typeof value === 'number' ? [value, value] : value;
}

/** What remains of height and width, as Keras and TensorFlow count it. */
export function slide(window: Window, input: Shape): Pair | ShapeProblem {
  const { size, strides, padding, dilation = [1, 1] } = window;
  const [height = 0, width = 0] = input;
  if (padding === 'same') return [Math.ceil(height / strides[0]), Math.ceil(width / strides[1])];
  const reach: Pair = [(size[0] - 1) * dilation[0] + 1, (size[1] - 1) * dilation[1] + 1];
  if (reach[0] > height || reach[1] > width) {
    return {
      wants: `has a window of ${reach[0]}×${reach[1]}`,
      hint: 'make it smaller, write `padding: same`, or leave out a pooling layer before it',
    };
  }
  return [Math.ceil((height - reach[0] + 1) / strides[0]), Math.ceil((width - reach[1] + 1) / strides[1])];
}

export function isProblem(result: Shape | ShapeProblem): result is ShapeProblem {
  return !Array.isArray(result);
}
