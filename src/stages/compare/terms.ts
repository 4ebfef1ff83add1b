/** On what terms two groups were trained: what a difference between them can be put down to. Pure. */
import { canonicalJson } from '../../base/canonical-json.ts';
import type { TrainingFacts } from '../artifacts/training.ts';
import type { MeasuredGroup } from './measured.ts';

export interface Terms {
  /** Whether each pair was allowed the same number of steps. */
  readonly budget: 'equal' | 'unequal' | 'unknown';
  /** At most so many, of the first model of each. */
  readonly steps?: readonly [number, number];
  readonly images: 'same' | 'other' | 'unknown';
  readonly imageCounts?: readonly [number, number];
  /** Options of training that differ: `distillation`, `epochs`. */
  readonly differing: readonly string[];
}

export function termsOf(first: MeasuredGroup, second: MeasuredGroup): Terms {
  const pairs = first.models.flatMap(({ replicate, training }) => {
    const other = second.models.find((model) => model.replicate === replicate);
    return other === undefined ? [] : [[training, other.training] as const];
  });
  const known = pairs.filter(isKnown);
  const [[one, other] = []] = known;
  if (one === undefined || other === undefined || known.length < pairs.length) {
    return { budget: 'unknown', images: 'unknown', differing: [] };
  }
  return {
    budget: known.every(([a, b]) => a.mostSteps === b.mostSteps) ? 'equal' : 'unequal',
    steps: [one.mostSteps, other.mostSteps],
    images: known.every(([a, b]) => a.images.sha256 === b.images.sha256) ? 'same' : 'other',
    imageCounts: [one.images.count, other.images.count],
    differing: differing(one, other),
  };
}

function isKnown(
  pair: readonly [TrainingFacts | undefined, TrainingFacts | undefined],
): pair is readonly [TrainingFacts, TrainingFacts] {
  return pair[0] !== undefined && pair[1] !== undefined;
}

function differing({ options: one }: TrainingFacts, { options: other }: TrainingFacts): readonly string[] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].sort().filter((name) => text(one[name]) !== text(other[name]));
}

function text(value: TrainingFacts['options'][string] | undefined): string {
  return value === undefined ? '' : canonicalJson(value);
}
