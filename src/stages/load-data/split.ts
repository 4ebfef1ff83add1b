/** Which images go into which part. Pure: the same labels, counts and seed give the same parts on any machine. */
import { generator } from '../../tensor/random.ts';

export interface Draw {
  /** What is drawn, as many of each class as its share (by largest remainders), in random order. */
  readonly drawn: Int32Array;
  /** What is left, in the order that it came in. */
  readonly rest: Int32Array;
}

export interface DrawRequest {
  readonly labels: Uint8Array;
  /** Indices into `labels` to draw from. */
  readonly from: Int32Array;
  /** At most as many as `from` has. */
  readonly count: number;
  readonly seed: number;
  /** What it is drawn for: draws for different purposes are independent. */
  readonly purpose: string;
}

/** Draws a part that has each class in the same share as the whole. */
export function drawStratified({ labels, from, count, seed, purpose }: DrawRequest): Draw {
  const byClass = new Map<number, number[]>();
  for (const index of from) {
    const label = labels[index] ?? 0;
    const members = byClass.get(label);
    if (members === undefined) byClass.set(label, [index]);
    else members.push(index);
  }
  const classes = [...byClass].sort(([first], [second]) => first - second);
  const shares = largestRemainders(
    classes.map(([, members]) => members.length),
    count,
  );
  const chosen = new Set<number>();
  for (const [place, [label, members]] of classes.entries()) {
    const order = generator(seed, 'split', purpose, label).permutation(members.length);
    for (const position of order.subarray(0, shares[place])) chosen.add(members[position] ?? 0);
  }
  const sorted = Int32Array.from(chosen).sort();
  const order = generator(seed, 'split', purpose, 'order').permutation(sorted.length);
  return { drawn: order.map((position) => sorted[position] ?? 0), rest: from.filter((index) => !chosen.has(index)) };
}

export function indices(start: number, end: number): Int32Array {
  return Int32Array.from({ length: end - start }, (_, offset) => start + offset);
}

/** Whole numbers that add up to `count`, in the ratio of `sizes` and never above them; among equal remainders, the first ones. */
function largestRemainders(sizes: readonly number[], count: number): number[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const quotas = sizes.map((size) => (size * count) / Math.max(1, total));
  const shares = quotas.map(Math.floor);
  const missing = count - shares.reduce((sum, share) => sum + share, 0);
  const byRemainder = quotas
    .map((quota, place) => ({ place, remainder: quota - Math.floor(quota) }))
    .sort((first, second) => second.remainder - first.remainder || first.place - second.place);
  for (const { place } of byRemainder.slice(0, missing)) shares[place] = (shares[place] ?? 0) + 1;
  return shares;
}
