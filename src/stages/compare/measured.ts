/** Which images each model of a group gets right, split by split. Pure. */
import { groupBy } from '../../base/group-by.ts';
import type { SplitName } from '../artifacts/facts.ts';
import type { TrainingFacts } from '../artifacts/training.ts';
import { meanOf } from '../../distill/statistics/interval.ts';
import type { Group, Member } from './groups.ts';

export interface MeasuredGroup extends Group {
  /** Its members, in their order. */
  readonly models: readonly MeasuredModel[];
}

export interface MeasuredModel extends Member {
  /** Absent where the model came from elsewhere. */
  readonly training?: TrainingFacts;
  /** Of each split that was looked at so far: 1 for each image that it gets right. */
  readonly right: Map<SplitName, Uint8Array>;
}

/** In the order of the replicates. Empty where the split was not looked at. */
export function accuraciesOf({ models }: MeasuredGroup, split: SplitName): readonly number[] {
  return models.flatMap(({ right }) => {
    const answers = right.get(split);
    return answers === undefined ? [] : [accuracy(answers)];
  });
}

/** Of each name that stands for several groups, the one with the best mean accuracy on a split; the first of equal ones. */
export function chosenOn(groups: readonly MeasuredGroup[], split: SplitName): readonly MeasuredGroup[] {
  return [...groupBy(groups, ({ slot }) => slot).values()].flatMap((variants) => {
    const means = variants.map((group) => meanOf(accuraciesOf(group, split)));
    return variants[means.indexOf(Math.max(...means))] ?? [];
  });
}

export interface Pair {
  readonly replicate: string;
  /** For each image: 1 where only the first model is right, −1 where only the second one is. */
  readonly differences: Int8Array;
}

/** Models of the same replicate, on a split that both were asked about. */
export function pairsOf(first: MeasuredGroup, second: MeasuredGroup, split: SplitName): readonly Pair[] {
  return first.models.flatMap(({ replicate, right }) => {
    const one = right.get(split);
    const other = second.models.find((model) => model.replicate === replicate)?.right.get(split);
    if (one === undefined || other === undefined) return [];
    return [{ replicate, differences: Int8Array.from(one, (answer, image) => answer - (other[image] ?? 0)) }];
  });
}

function accuracy(right: Uint8Array): number {
  return right.reduce((sum, answer) => sum + answer, 0) / Math.max(1, right.length);
}
