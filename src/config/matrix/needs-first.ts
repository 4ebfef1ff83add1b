import type { Group } from './group.ts';

/**
 * The groups in an order in which each comes after those that it needs.
 * @returns undefined where there is none
 */
export function needsFirst(groups: readonly Group[]): readonly Group[] | undefined {
  const byId = new Map(groups.map((group) => [group.id, group]));
  const waiting = new Map<string, Group[]>(groups.map(({ id }) => [id, []]));
  const missing = new Map<string, number>();
  for (const group of groups) {
    const needed = new Set(Object.values(group.needs).map(({ stage }) => stage));
    const known = [...needed].filter((stage) => byId.has(stage));
    missing.set(group.id, known.length);
    for (const stage of known) waiting.get(stage)?.push(group);
  }
  const order = groups.filter(({ id }) => missing.get(id) === 0);
  for (const { id } of order) {
    for (const group of waiting.get(id) ?? []) {
      const left = (missing.get(group.id) ?? 0) - 1;
      missing.set(group.id, left);
      if (left === 0) order.push(group);
    }
  }
  return order.length === groups.length ? order : undefined;
}
