import { openStep } from '../tensor/step.ts';
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

export interface Prediction {
  /**
   * The model's logits for all samples, in their order, without dropout and with moving batch statistics, by its weights as they
   * are when it is called.
   * @returns [count, model.outputs], row-major
   * @throws signal.reason
   */
  logits(samples: Samples, options: PredictOptions): Promise<Float32Array>;
  close(): void;
}

/** {@link Prediction.logits} of a model that predicts once. */
export async function predictLogits(model: Model, samples: Samples, options: PredictOptions): Promise<Float32Array> {
  const prediction = openPrediction(model);
  try {
    return await prediction.logits(samples, options);
  } finally {
    prediction.close();
  }
}

/** For a model that predicts again and again: what the backend prepares is prepared once. */
export function openPrediction(model: Model): Prediction {
  const step = openStep<undefined>({
    state: model.weights.map(({ variable }) => variable),
    work: ({ x }) => [model.forward(x as tf.Tensor)],
    numbers: () => ({}),
    another: () => undefined,
  });
  return {
    logits: async (samples, { signal, batchSize = 256, onProgress }) => {
      const logits = new Float32Array(samples.count * model.outputs);
      const pace = startPace(signal);
      // The weights may be others than last time.
      step.settle();
      for (const { start, end } of ranges(samples.count, batchSize)) {
        const indices = Int32Array.from({ length: end - start }, (_, offset) => start + offset);
        tf.tidy(() => {
          const [batch] = step.run({ x: batchPixels(samples, indices) }, undefined);
          if (batch !== undefined) logits.set(batch.dataSync<'float32'>(), start * model.outputs);
        });
        if (pace.report()) {
          onProgress?.({ done: end, total: samples.count, samplesPerSecond: end / Math.max(1e-9, pace.seconds()) });
        }
        await pace.pause();
      }
      return logits;
    },
    close: () => {
      step.close();
    },
  };
}
