/** Whether images fit what a model takes, and how they are laid out for it. Pure. */
import { failure, success } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import type { PredictSavedModelOptions } from './options.ts';

export interface Fit {
  /** Of one image, as the model takes it: a list of numbers, or without the axis of a single channel, where it says so. */
  readonly shape: readonly number[];
  /** How many images it takes, where it takes only so many. */
  readonly batch: number | undefined;
}

interface Misfit {
  /** The rest of a sentence that begins with the model's path. */
  readonly message: string;
  readonly hint?: string;
}

/**
 * @param image [height, width, channels]
 * @param takes what the model says of its input, with the batch in front
 */
export function fitImages(
  image: readonly number[],
  takes: readonly (number | null)[] | undefined,
  layout: PredictSavedModelOptions['layout'],
): Result<Fit, Misfit> {
  const own = laidOut(image, layout);
  if (takes === undefined) return success({ shape: own, batch: undefined });
  const [batch = null, ...sizes] = takes;
  const shape = shapeFor(own, sizes);
  if (shape !== undefined) return success({ shape, batch: batch ?? undefined });
  const other = layout === 'channelsLast' ? 'channelsFirst' : 'channelsLast';
  const isOther = shapeFor(laidOut(image, other), sizes) !== undefined;
  const wanted = sizes.map((size) => size ?? 'any').join(', ');
  return failure({
    message: `takes images of [${wanted}], and the data set's are [${own.join(', ')}]`,
    hint: isOther
      ? `write \`layout: ${other}\``
      : 'give it the data set that the model was trained on, or one of the same shape',
  });
}

/** What the model sees of an image's axes. */
function laidOut(image: readonly number[], layout: PredictSavedModelOptions['layout']): readonly number[] {
  return layout === 'channelsFirst' ? [...image.slice(-1), ...image.slice(0, -1)] : image;
}

function shapeFor(own: readonly number[], sizes: readonly (number | null)[]): readonly number[] | undefined {
  const matches = (shape: readonly number[]): boolean =>
    shape.length === sizes.length && shape.every((size, axis) => (sizes[axis] ?? size) === size);
  const flat = [own.reduce((product, size) => product * size, 1)];
  const known = sizes.every((size): size is number => size !== null) ? sizes : undefined;
  if (matches(own)) return own;
  if (matches(flat)) return flat;
  const isSame = known !== undefined && withoutOnes(known).join() === withoutOnes(own).join();
  return isSame ? known : [withoutOnes(own)].find(matches);
}

function withoutOnes(shape: readonly number[]): readonly number[] {
  return shape.filter((size) => size !== 1);
}
