/** Two groups on a split: by how much they differ, and whether that is more than chance. Pure but for its pace. */
import { bootstrapInterval } from '../../distill/statistics/bootstrap.ts';
import { mcnemarExact } from '../../distill/statistics/binomial.ts';
import { meanInterval, meanOf, spansZero } from '../../distill/statistics/interval.ts';
import type { Interval, MeanInterval } from '../../distill/statistics/interval.ts';
import type { Pace } from '../../distill/training/pace.ts';
import type { Pair } from './measured.ts';
import type { Terms } from './terms.ts';

export type Verdict = 'gains' | 'loses' | 'not distinguishable' | 'not comparable' | 'too few replicates';

export interface Difference {
  /** In accuracy, of the first and the second; of so many pairs of the same seed. */
  readonly mean: number;
  readonly pairs: number;
  /** Student's, over replicates; absent where there are fewer than two. */
  readonly interval?: MeanInterval;
  /** Over draws of replicates and images. */
  readonly bootstrap: Interval;
  readonly mcnemar: readonly McNemar[];
  readonly verdict: Verdict;
}

export interface McNemar {
  readonly replicate: string;
  /** Images that only the first model gets right. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** Of the exact test. */
  readonly pValue: number;
}

export interface Chance {
  readonly confidence: number;
  readonly resamples: number;
  readonly seed: number;
  readonly pace: Pace;
}

/** @returns undefined where no two models are of the same seed */
export async function differenceOf(
  pairs: readonly Pair[],
  terms: Terms,
  chance: Chance,
): Promise<Difference | undefined> {
  if (pairs.length === 0) return undefined;
  const means = pairs.map(({ differences }) => sum(differences) / Math.max(1, differences.length));
  const interval = meanInterval(means, chance.confidence);
  const bootstrap = await bootstrapInterval({ ...chance, differences: pairs.map(({ differences }) => differences) });
  const mean = meanOf(means);
  return {
    mean,
    pairs: pairs.length,
    ...(interval === undefined ? {} : { interval }),
    bootstrap,
    mcnemar: pairs.map(mcnemarOf),
    verdict: verdictOf(terms, mean, interval === undefined ? undefined : [interval, bootstrap]),
  };
}

/** More than chance only where both intervals say so: the one is of other seeds, the other of other images, too. */
function verdictOf(terms: Terms, mean: number, intervals: readonly Interval[] | undefined): Verdict {
  if (terms.budget === 'unequal') return 'not comparable';
  if (intervals === undefined) return 'too few replicates';
  if (intervals.some(spansZero)) return 'not distinguishable';
  return mean > 0 ? 'gains' : 'loses';
}

function mcnemarOf({ replicate, differences }: Pair): McNemar {
  const onlyFirst = differences.filter((difference) => difference > 0).length;
  const onlySecond = differences.filter((difference) => difference < 0).length;
  return { replicate, onlyFirst, onlySecond, pValue: mcnemarExact(onlyFirst, onlySecond) };
}

function sum(differences: Int8Array): number {
  return differences.reduce((total, difference) => total + difference, 0);
}
