import { groupBy } from '../../base/group-by.ts';
import type { ExpandedGroup, Fault, Group, GroupNeed, Variant, VariantNeed } from './group.ts';
import { keyOn, matcher } from './relation.ts';
import type { Combination } from './relation.ts';

/** A need of a group: which variants it may be given, and which of them each of its own is given. */
export interface Edge {
  readonly slot: string;
  readonly stage: string;
  /** The axes that both have, so that variants are matched on them. */
  readonly matched: readonly string[];
  /** The axes of which all values are given at once. */
  readonly gathered: readonly string[];
  readonly variants: readonly Variant[];
}

/** @param from the group that is needed; absent where the pipeline has no such stage, which is told elsewhere */
export function edgeOf(
  group: Group,
  [slot, need]: readonly [string, GroupNeed],
  { from, faults }: { readonly from: ExpandedGroup | undefined; readonly faults: Fault[] },
): Edge {
  const axes = from?.axes ?? [];
  const picked = Object.keys(need.pick);
  for (const axis of picked) {
    if (from !== undefined && !axes.includes(axis))
      faults.push({ group: group.id, kind: 'unknown-pick', slot, axis, known: axes });
  }
  const matches = matcher(need.pick);
  const all = from?.variants ?? [];
  const variants = picked.length === 0 ? all : all.filter(({ combination }) => matches(combination));
  if (variants.length === 0 && all.length > 0 && picked.every((axis) => axes.includes(axis)))
    faults.push({ group: group.id, kind: 'nothing-picked', slot });
  const open = axes.filter((axis) => !picked.includes(axis));
  const gathered = open.filter((axis) => group.gather.includes(axis));
  return { slot, stage: need.stage, matched: open.filter((axis) => !gathered.includes(axis)), gathered, variants };
}

/** What a variant with this combination is given through the edge. */
export function needFinder(edge: Edge): (combination: Combination) => readonly (readonly [string, VariantNeed])[] {
  const { slot, stage, matched, gathered, variants } = edge;
  if (variants.length === 0) return () => [[slot, { slot, stage }]];
  const byMatched = groupBy(variants, ({ combination }) => keyOn(combination, matched));
  return (combination) =>
    (byMatched.get(keyOn(combination, matched)) ?? []).map(({ id, combination: given }) => {
      const values = gathered.map((axis) => `${axis}=${given[axis]?.label ?? ''}`);
      return [values.length === 0 ? slot : `${slot}@${values.join(',')}`, { slot, stage: id }];
    });
}
