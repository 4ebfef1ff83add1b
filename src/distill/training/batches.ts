/** Batches of samples as tensors. */
import * as tf from '../../tensor/tf.ts';
import type { Samples } from '../samples.ts';

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** 0 … count cut into batches; the last may be smaller, as in Keras. */
export function ranges(count: number, batchSize: number): readonly Range[] {
  return Array.from({ length: Math.ceil(count / batchSize) }, (_, batch) => {
    return { start: batch * batchSize, end: Math.min(count, (batch + 1) * batchSize) };
  });
}

/** Changes the pixels of these samples in place: augmentation. */
type Change = (batch: Float32Array, indices: Int32Array) => void;

/**
 * Pixels of these samples, scaled: [indices.length, …shape], float32.
 *
 * Gathered here and not on the device: on WASM both are copies in main memory, and the data set stays one byte a pixel.
 */
export function batchPixels(samples: Samples, indices: Int32Array, change?: Change): tf.Tensor {
  const batch = scaledPixels(samples, indices);
  change?.(batch, indices);
  return tf.tensor(batch, [indices.length, ...samples.shape]);
}

function scaledPixels({ shape, pixels, scale }: Samples, indices: Int32Array): Float32Array {
  const size = shape.reduce((product, next) => product * next, 1);
  const batch = new Float32Array(indices.length * size);
  if ('readRows' in pixels) {
    const rows = new Uint8Array(batch.length);
    pixels.readRows(indices, size, rows);
    for (let at = 0; at < batch.length; at++) batch[at] = (rows[at] ?? 0) * scale;
    return batch;
  }
  let to = 0;
  for (const index of indices) {
    const end = (index + 1) * size;
    for (let from = index * size; from < end; from++) batch[to++] = (pixels[from] ?? 0) * scale;
  }
  return batch;
}

/** Rows of a [count, width] array: [indices.length, width], float32. */
export function batchRows(rows: Float32Array, width: number, indices: Int32Array): tf.Tensor2D {
  const batch = new Float32Array(indices.length * width);
  let to = 0;
  for (const index of indices) {
    batch.set(rows.subarray(index * width, (index + 1) * width), to);
    to += width;
  }
  return tf.tensor2d(batch, [indices.length, width]);
}

/** Labels as [indices.length, classes], 1 at the label. */
export function oneHotLabels({ labels, classes }: Samples, indices: Int32Array): tf.Tensor2D {
  const batch = new Float32Array(indices.length * classes);
  for (const [row, index] of indices.entries()) batch[row * classes + (labels[index] ?? 0)] = 1;
  return tf.tensor2d(batch, [indices.length, classes]);
}
