/** How long a model takes to predict, on this machine and now. Nothing that is kept in an artifact or a key. */
import type { Latency } from '../core/latency.ts';
import { generator } from '../tensor/random.ts';
import type { Model } from './model/model.ts';
import { openPrediction } from './predict.ts';
import type { Prediction } from './predict.ts';
import type { Samples } from './samples.ts';

export interface LatencyRequest {
  readonly batch: number;
  /** At least so long. */
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** A round is as many batches as take about so long: a clock that is read more often would be part of what it measures. */
const ROUND_MS = 25;
const FEWEST_ROUNDS = 5;
const TRIALS = 10;
const MOST_BATCHES = 4096;

/** Through what stages predict by, images and logits copied: what a pipeline has of it. */
export async function measureLatency(model: Model, { batch, seconds, signal }: LatencyRequest): Promise<Latency> {
  const prediction = openPrediction(model);
  try {
    const one = roundOf(model, batch);
    // The first ones set things up, and are not counted; of the others the shortest says how many make a round.
    const trials: number[] = [];
    for (let trial = 0; trial < TRIALS; trial++) trials.push(await time(prediction, one, { batch, signal }));
    const quickest = Math.max(1e-3, Math.min(...trials));
    const batches = Math.min(MOST_BATCHES, Math.ceil(ROUND_MS / quickest));
    const round = roundOf(model, batch * batches);
    await time(prediction, round, { batch, signal });
    const times: number[] = [];
    const end = performance.now() + 1000 * seconds;
    while (performance.now() < end || times.length < FEWEST_ROUNDS) {
      times.push((await time(prediction, round, { batch, signal })) / batches);
    }
    times.sort((a, b) => a - b);
    const [shortest = NaN] = times;
    const { length } = times;
    const middle = ((times[Math.floor((length - 1) / 2)] ?? NaN) + (times[Math.ceil((length - 1) / 2)] ?? NaN)) / 2;
    return { batch, milliseconds: middle, shortest, longest: times[length - 1] ?? NaN, rounds: length };
  } finally {
    prediction.close();
  }
}

async function time(
  prediction: Prediction,
  samples: Samples,
  { batch, signal }: { readonly batch: number; readonly signal: AbortSignal },
): Promise<number> {
  const started = performance.now();
  await prediction.logits(samples, { batchSize: batch, signal });
  return performance.now() - started;
}

/** Noise: how long a product takes does not depend on what is multiplied. */
function roundOf({ inputShape, outputs }: Model, count: number): Samples {
  const size = inputShape.reduce((product, length) => product * length, 1);
  const random = generator(0, 'latency');
  const pixels = Uint8Array.from({ length: count * size }, () => random.uint32() & 255);
  return { count, shape: inputShape, pixels, scale: 1 / 255, labels: new Uint8Array(count), classes: outputs };
}
