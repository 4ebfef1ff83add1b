/** A line that one text has and the other has not. */
export interface LineChange {
  readonly change: 'removed' | 'added';
  /** From 1, in the text that has it. */
  readonly line: number;
  readonly text: string;
}

/** The fewest lines that make one text the other; of texts that are long and differ throughout, all of what differs. */
export function lineChanges(before: string, after: string): readonly LineChange[] {
  if (before === after) return [];
  const [was, is] = [before.split('\n'), after.split('\n')];
  const shorter = Math.min(was.length, is.length);
  let head = 0;
  while (head < shorter && was[head] === is[head]) head++;
  let tail = 0;
  while (tail < shorter - head && was.at(-1 - tail) === is.at(-1 - tail)) tail++;
  const [left, right] = [was.slice(head, was.length - tail), is.slice(head, is.length - tail)];
  const pairs = left.length * right.length > MOST_PAIRS ? [] : commonLines(left, right);
  const changes: LineChange[] = [];
  let [l, r] = [0, 0];
  for (const [nextLeft, nextRight] of [...pairs, [left.length, right.length] as const]) {
    for (; l < nextLeft; l++) changes.push({ change: 'removed', line: head + l + 1, text: left[l] ?? '' });
    for (; r < nextRight; r++) changes.push({ change: 'added', line: head + r + 1, text: right[r] ?? '' });
    [l, r] = [nextLeft + 1, nextRight + 1];
  }
  return changes;
}

/** Looked at for 2,000 lines against 2,000. */
const MOST_PAIRS = 4_000_000;

/** The longest common subsequence, as pairs of places. */
function commonLines(left: readonly string[], right: readonly string[]): readonly (readonly [number, number])[] {
  const width = right.length + 1;
  const longest = new Uint16Array((left.length + 1) * width);
  for (let l = left.length - 1; l >= 0; l--) {
    for (let r = right.length - 1; r >= 0; r--) {
      const [down, across] = [longest[(l + 1) * width + r] ?? 0, longest[l * width + r + 1] ?? 0];
      const both = longest[(l + 1) * width + r + 1] ?? 0;
      longest[l * width + r] = left[l] === right[r] ? both + 1 : Math.max(down, across);
    }
  }
  const pairs: (readonly [number, number])[] = [];
  for (let l = 0, r = 0; l < left.length && r < right.length;) {
    if (left[l] === right[r]) pairs.push([l++, r++]);
    else if ((longest[(l + 1) * width + r] ?? 0) >= (longest[l * width + r + 1] ?? 0)) l++;
    else r++;
  }
  return pairs;
}
