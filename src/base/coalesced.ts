/** The same work, one at a time for each key: calls while it goes on become one more after it. */
export function coalesced<K>(work: (key: K) => Promise<void>): (key: K) => Promise<void> {
  const underWay = new Map<K, { readonly now: Promise<void>; next?: Promise<void> }>();

  function begin(key: K): Promise<void> {
    const now = work(key).finally(() => {
      // Else the next one has taken its place.
      if (underWay.get(key)?.now === now) underWay.delete(key);
    });
    underWay.set(key, { now });
    return now;
  }

  return (key) => {
    const going = underWay.get(key);
    if (going === undefined) return begin(key);
    return (going.next ??= going.now.then(
      () => begin(key),
      () => begin(key),
    ));
  };
}
