import * as tf from '../tensor/tf.ts';
import type { Model } from './model/model.ts';
import type { Samples } from './samples.ts';
import { batchPixels, ranges } from './training/batches.ts';
import { startPace } from './training/pace.ts';

export interface PredictOptions {
  readonly signal: AbortSignal;
  readonly batchSize?: number;
  /** Called a few times a second. */
  readonly onProgress?: (progress: PredictProgress) => void;
}

interface PredictProgress {
  readonly done: number;
  readonly total: number;
  readonly samplesPerSecond: number;
}

/**
 * The model's logits for all samples, in their order, without dropout and with moving batch statistics.
 * @returns [count, model.outputs], row-major
 * @throws signal.reason
 */
export async function predictLogits(model: Model, samples: Samples, options: PredictOptions): Promise<Float32Array> {
  const { signal, batchSize = 256, onProgress } = options;
  const logits = new Float32Array(samples.count * model.outputs);
  const pace = startPace(signal);
  for (const { start, end } of ranges(samples.count, batchSize)) {
    const indices = Int32Array.from({ length: end - start }, (_, offset) => start + offset);
    const values = tf.tidy(() => model.forward(batchPixels(samples, indices)).dataSync<'float32'>());
    logits.set(values, start * model.outputs);
    if (pace.report()) {
      onProgress?.({ done: end, total: samples.count, samplesPerSecond: end / Math.max(1e-9, pace.seconds()) });
    }
    await pace.pause();
  }
  return logits;
}
