import { generator } from '../../tensor/random.ts';
import type { Pace } from '../training/pace.ts';
import type { Interval } from './interval.ts';

export interface BootstrapRequest {
  /** Of each replicate, a difference for each sample: 1 where only the first model is right, −1 where only the second one is. */
  readonly differences: readonly Int8Array[];
  readonly resamples: number;
  readonly confidence: number;
  readonly seed: number;
  readonly pace: Pace;
}

/**
 * Percentiles of the mean difference over draws with replacement, of replicates and of samples, each for itself: how far the difference
 * would move with other seeds and other images.
 */
export async function bootstrapInterval(request: BootstrapRequest): Promise<Interval> {
  const { resamples, confidence, pace } = request;
  const draw = drawer(request);
  const means = new Float64Array(resamples);
  for (let index = 0; index < resamples; index++) {
    means[index] = draw();
    await pace.pause();
  }
  means.sort();
  return { low: quantile(means, (1 - confidence) / 2), high: quantile(means, (1 + confidence) / 2) };
}

function drawer({ differences, seed }: BootstrapRequest): () => number {
  const replicates = differences.length;
  const samples = differences[0]?.length ?? 0;
  const told = tellingColumns(differences, samples);
  const telling = told[0]?.length ?? 0;
  const random = generator(seed, 'bootstrap');
  const logMiss = Math.log1p(-telling / Math.max(1, samples));
  // How many draws fall on samples that tell nothing before the next that does: geometric, so that these need not be drawn.
  const misses = (): number => Math.floor(Math.log(1 - random.uniform()) / logMiss);
  return () => {
    if (telling === 0) return 0;
    const drawn = Array.from({ length: replicates }, () => told[Math.floor(random.uniform() * replicates)]);
    let total = 0;
    for (let draw = misses(); draw < samples; draw += 1 + misses()) {
      const sample = Math.floor(random.uniform() * telling);
      for (const column of drawn) total += column?.[sample] ?? 0;
    }
    return total / (replicates * samples);
  };
}

/** Without the samples that differ in no replicate, which are most of them. */
function tellingColumns(differences: readonly Int8Array[], samples: number): readonly Int8Array[] {
  const telling = Array.from({ length: samples }, (_, sample) => sample).filter((sample) =>
    differences.some((row) => row[sample] !== 0),
  );
  return differences.map((row) => Int8Array.from(telling, (sample) => row[sample] ?? 0));
}

/** Between the two nearest values, as numpy's default. */
function quantile(sorted: Float64Array, share: number): number {
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const low = sorted[below] ?? NaN;
  return low + (place - below) * ((sorted[below + 1] ?? low) - low);
}
