import { tQuantile, twoTails } from './student-t.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface MeanInterval extends Interval {
  readonly mean: number;
  /** How often chance alone gives a mean at least so far from 0; 1 where all values are 0. */
  readonly pValue: number;
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Mean and Student's interval, mean ± t · s / √n with n − 1 degrees of freedom; undefined for fewer than two values. */
export function meanInterval(values: readonly number[], confidence: number): MeanInterval | undefined {
  const count = values.length;
  if (count < 2) return undefined;
  const mean = meanOf(values);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const error = Math.sqrt(variance / count);
  const reach = tQuantile((1 + confidence) / 2, count - 1) * error;
  // Where all values are the same there is no error to divide by.
  const pValue = error > 0 ? twoTails(mean / error, count - 1) : mean === 0 ? 1 : 0;
  return { mean, low: mean - reach, high: mean + reach, pValue };
}

export function spansZero({ low, high }: Interval): boolean {
  return low <= 0 && high >= 0;
}
