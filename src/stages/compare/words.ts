/** What was found, in sentences. Pure. */
import { spansZero } from '../../distill/statistics/interval.ts';
import type { SplitName } from '../artifacts/facts.ts';
import type { Terms } from './terms.ts';
import type { Difference } from './verdict.ts';

export interface Compared {
  readonly name: string;
  readonly against: string;
  readonly split: SplitName;
  readonly confidence: number;
  readonly terms: Terms;
  /** Absent where no two models are of the same seed. */
  readonly difference: Difference | undefined;
}

/** `student gains 0.42 points of test accuracy over baseline (95% interval 0.10 to 0.74, 5 replicates)` */
export function verdictWords(compared: Compared): string {
  const { name, against, split, terms, difference } = compared;
  if (difference === undefined) {
    return `${name} and ${against} have no replicate in common: nothing is compared on ${split}`;
  }
  const { mean, bootstrap, mcnemar, interval } = difference;
  const by = `${points(Math.abs(mean))} of ${split} accuracy`;
  switch (difference.verdict) {
    case 'gains':
      return `${name} gains ${by} over ${against} (${intervalWords(compared, difference)})`;
    case 'loses':
      return `${name} loses ${by} to ${against} (${intervalWords(compared, difference)})`;
    case 'not distinguishable': {
      const images = interval !== undefined && !spansZero(interval);
      const why = images ? `; with other images ${range(bootstrap)}, by the bootstrap` : '';
      return `${name} and ${against} are not distinguishable on ${split}: ${signed(mean)} (${intervalWords(compared, difference)}${why})`;
    }
    case 'not comparable': {
      const [one, other] = terms.steps ?? [0, 0];
      return `${name} and ${against} are not comparable: they were given ${count(one)} and ${count(other)} steps (${signed(mean)} of ${split} accuracy)`;
    }
    case 'too few replicates': {
      const p = mcnemar[0]?.pValue ?? 1;
      return `${name} and ${against} are one model each: ${signed(mean)} of ${split} accuracy is of these two (McNemar's exact p = ${p.toPrecision(2)}), and says nothing of other seeds`;
    }
  }
}

/** What else a difference between the two may come from. */
export function termsWords(name: string, against: string, terms: Terms): readonly string[] {
  const others = terms.differing.filter((option) => option !== 'distillation');
  const [images, otherImages] = terms.imageCounts ?? [0, 0];
  return [
    terms.budget === 'unknown' ? `how ${name} and ${against} were trained is not known: at equal budget or not` : '',
    terms.images === 'other'
      ? `${name} and ${against} were trained on other images, ${count(images)} and ${count(otherImages)}: a difference may come from these`
      : '',
    others.length > 0
      ? `${name} and ${against} differ in ${others.join(', ')}${terms.differing.includes('distillation') ? ', not in distillation alone' : ''}`
      : '',
  ].filter((words) => words !== '');
}

function intervalWords({ confidence }: Compared, { interval, pairs }: Difference): string {
  const level = `${Number((100 * confidence).toPrecision(6))}% interval`;
  return interval === undefined ? '' : `${level} ${range(interval)}, ${pairs} replicates`;
}

function range({ low, high }: { readonly low: number; readonly high: number }): string {
  return `${fixed(low)} to ${fixed(high)}`;
}

function points(share: number): string {
  return `${fixed(share)} points`;
}

function signed(share: number): string {
  return `${share > 0 ? '+' : ''}${points(share)}`;
}

function fixed(share: number): string {
  const text = (100 * share).toFixed(2);
  return text === '-0.00' ? '0.00' : text;
}

function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

export function chosenWords(names: readonly string[]): readonly string[] {
  return [`chosen on validation, and looked at on test alone: ${names.join(', ')}`];
}

/** @param counts how many comparisons there are on each split */
export function manyWords(counts: readonly number[], confidence: number): readonly string[] {
  const most = Math.max(...counts);
  if (most < 3) return [];
  const once = Math.round(1 / (1 - confidence));
  return [`${most} comparisons: chance alone makes about one in ${once} look like a gain or a loss`];
}
