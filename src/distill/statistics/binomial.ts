import { logGamma } from './student-t.ts';

/**
 * McNemar's exact test of two models on the same samples, two-sided: how often a fair coin, tossed for each sample that only one of them
 * gets wrong, falls as unevenly.
 */
export function mcnemarExact(onlyFirst: number, onlySecond: number): number {
  const tosses = onlyFirst + onlySecond;
  const fewer = Math.min(onlyFirst, onlySecond);
  let tail = 0;
  for (let heads = 0; heads <= fewer; heads++) tail += Math.exp(logWays(tosses, heads) - tosses * Math.LN2);
  return Math.min(1, 2 * tail);
}

function logWays(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}
