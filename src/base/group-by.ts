/** Values by a name of each, in the order in which they come; as `Map.groupBy`, which Node has since 21. */
export function groupBy<T, K>(values: Iterable<T>, nameOf: (value: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const value of values) {
    const name = nameOf(value);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [value]);
    else group.push(value);
  }
  return groups;
}
