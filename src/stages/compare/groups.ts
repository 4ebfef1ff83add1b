/** Models that differ in their seed alone are a group: `student` of `student@replicate=0`, `student@replicate=1`, … */
import { inputAxes, slotName } from '../../core/stage-type.ts';

export interface Group {
  /** As its members are called, without the replicate: `student@temperature=4`. */
  readonly name: string;
  readonly slot: string;
  readonly axes: ReadonlyMap<string, string>;
  /** In the order of replicates. */
  readonly members: readonly Member[];
}

export interface Member {
  readonly input: string;
  /** Those of two groups that have the same one are of the same seed. Empty for a model that is not one of several. */
  readonly replicate: string;
}

const replicateAxis = 'replicate';

/** In an order that does not depend on that of the inputs. */
export function groupsOf(inputs: readonly string[]): readonly Group[] {
  const groups = new Map<string, Group & { readonly members: Member[] }>();
  for (const input of inputs) {
    const slot = slotName(input);
    const axes = new Map(inputAxes(input));
    const replicate = axes.get(replicateAxis) ?? '';
    axes.delete(replicateAxis);
    const labels = [...axes].map(([axis, label]) => `${axis}=${label}`);
    const name = labels.length === 0 ? slot : `${slot}@${labels.join(',')}`;
    const group = groups.get(name) ?? { name, slot, axes, members: [] };
    group.members.push({ input, replicate });
    groups.set(name, group);
  }
  for (const { members } of groups.values()) members.sort((a, b) => byLabel(a.replicate, b.replicate));
  return [...groups.values()].sort(bySlotAndAxes);
}

/** The groups of `slot` that agree with a group on the axes that both have. */
export function opponentsOf<T extends Group>({ axes }: Group, slot: string, groups: readonly T[]): readonly T[] {
  return groups.filter(
    (other) => other.slot === slot && [...other.axes].every(([axis, label]) => (axes.get(axis) ?? label) === label),
  );
}

/** Groups that are compared: all but the teacher and those that the others are set against. */
export function contenders<T extends Group>(groups: readonly T[], against: string): readonly T[] {
  return groups.filter(({ slot }) => slot !== 'teacher' && slot !== against);
}

/** Whether a name stands for several groups, of which one could be chosen. */
export function isOfSeveral(groups: readonly Group[]): boolean {
  return new Set(groups.map(({ slot }) => slot)).size < groups.length;
}

function bySlotAndAxes(a: Group, b: Group): number {
  if (a.slot !== b.slot) return a.slot < b.slot ? -1 : 1;
  for (const [axis, label] of a.axes) {
    const order = byLabel(label, b.axes.get(axis) ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

/** Numbers by size, words by letters. */
function byLabel(a: string, b: string): number {
  const difference = Number(a) - Number(b);
  if (!Number.isNaN(difference)) return difference;
  return a === b ? 0 : a < b ? -1 : 1;
}
