/** A data set's images as a model takes them. */
import type { StageFailure } from '../../core/stage-runner.ts';
import type { Samples } from '../../distill/samples.ts';
import { batchPixels } from '../../distill/training/batches.ts';
import type { Port } from '../../tensor/native/foreign/foreign-model.ts';
import * as tf from '../../tensor/tf.ts';
import { fileFailure } from '../persons-file.ts';
import { fitImages, type Fit } from './fit.ts';
import type { Normalization, PredictSavedModelOptions } from './options.ts';

export interface ModelImages {
  /** How many go in together. */
  readonly batch: number;
  /** Whether there have to be as many each time. */
  readonly isFixed: boolean;
  /** @returns [indices.length, …], float32; the caller disposes of it */
  at(indices: Int32Array): tf.Tensor;
}

/** @throws StageFailure where they do not fit the model's input */
export function imagesFor(input: Port, samples: Samples, options: PredictSavedModelOptions): ModelImages {
  const { model: path, layout, normalize, batchSize } = options;
  const fit = fitImages(samples.shape, input.shape, layout);
  if (!fit.ok) {
    const { message, hint } = fit.error;
    throw fileFailure({ path, pointer: '/with/model' }, message, hint);
  }
  const { scale, offset } = rangeFor(input, samples, options);
  const { batch } = fit.value;
  return {
    batch: batch ?? batchSize,
    isFixed: batch !== undefined,
    at: (indices) =>
      tf.tidy(() => {
        const pixels = batchPixels({ ...samples, scale }, indices);
        const moved = offset === 0 ? pixels : tf.add(pixels, offset);
        return laidOutFor(fit.value, normalized(moved, normalize), layout);
      }),
  };
}

const ranges = {
  unit: { scale: 1 / 255, offset: 0 },
  signed: { scale: 1 / 127.5, offset: -1 },
  raw: { scale: 1, offset: 0 },
} as const;

function rangeFor(
  { type, name }: Port,
  { scale }: Samples,
  { model: path, pixels, normalize }: PredictSavedModelOptions,
): { readonly scale: number; readonly offset: number } {
  const isWhole = /^DT_U?INT/.test(type);
  if (!isWhole) return pixels === undefined ? { scale, offset: 0 } : ranges[pixels];
  const other = pixels !== undefined && pixels !== 'raw' ? 'pixels' : normalize === undefined ? undefined : 'normalize';
  if (other !== undefined) throw wholeNumbers(path, { name, type, other });
  return ranges.raw;
}

function wholeNumbers(
  path: string,
  { name, type, other }: { readonly name: string; readonly type: string; readonly other: string },
): StageFailure {
  const message = `takes whole numbers (${type}) as "${name}", and \`${other}\` makes others of the pixels`;
  return fileFailure({ path, pointer: `/with/${other}` }, message, `leave \`${other}\` out: it then sees 0 to 255`);
}

/** By channel, which is the last axis. */
function normalized(images: tf.Tensor, normalize: Normalization | undefined): tf.Tensor {
  if (normalize === undefined) return images;
  return tf.div(tf.sub(images, tf.tensor1d([...normalize.mean])), tf.tensor1d([...normalize.std]));
}

function laidOutFor({ shape }: Fit, images: tf.Tensor, layout: PredictSavedModelOptions['layout']): tf.Tensor {
  const axes = layout === 'channelsFirst' ? tf.transpose(images, [0, 3, 1, 2]) : images;
  return tf.reshape(axes, [images.shape[0], ...shape]);
}
