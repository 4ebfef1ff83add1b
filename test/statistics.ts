/** What other programs computed; test/fixtures/statistics/make.py made it. */
import { readFileSync } from 'node:fs';

interface Golden {
  readonly calibration: readonly {
    readonly classes: number;
    readonly logits: readonly number[];
    readonly labels: readonly number[];
    readonly accuracy: number;
    readonly loss: number;
    readonly ece: number;
    readonly brier: number;
  }[];
  readonly quantiles: readonly { readonly p: number; readonly degrees: number; readonly t: number }[];
  readonly intervals: readonly (Interval & { readonly values: readonly number[] })[];
  readonly paired: readonly (Interval & {
    readonly first: readonly number[];
    readonly second: readonly number[];
    readonly pValue: number;
  })[];
  readonly mcnemar: readonly { readonly onlyFirst: number; readonly onlySecond: number; readonly pValue: number }[];
  readonly bootstrap: readonly {
    readonly differences: readonly (readonly number[])[];
    readonly mean: number;
    readonly low: number;
    readonly high: number;
    readonly deviation: number;
  }[];
}

interface Interval {
  readonly confidence: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

export const golden = JSON.parse(readFileSync('test/fixtures/statistics/golden.json', 'utf8')) as Golden;
