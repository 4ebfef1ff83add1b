/** How far some classes' logits have to be moved for most samples to be told right. Pure. */

export interface BiasCorrection {
  /** To be added to the biases of the chosen classes. */
  readonly shift: number;
  /** Share of the samples that are told right, without the shift and with it. */
  readonly before: number;
  readonly after: number;
}

/**
 * The shift of the logits of `classes`, one for all of them, with which the most samples are told right: exactly the best, since which
 * samples are right changes only where a sample's best chosen class and its best other class are equal. Of several that are equally
 * good the smallest change, in the middle between two such points.
 * Hinton, Vinyals, Dean 2015 (arXiv 1503.02531), section 3, who fitted it on the test set.
 *
 * @param logits [labels.length, width], row-major
 */
export function fitBias(
  logits: Float32Array,
  labels: ArrayLike<number>,
  { width, classes }: { readonly width: number; readonly classes: readonly number[] },
): BiasCorrection {
  const chosen = new Set(classes);
  const events: Event[] = [];
  let right = 0;
  let before = 0;
  for (let sample = 0; sample < labels.length; sample++) {
    const row = logits.subarray(sample * width, (sample + 1) * width);
    const inside = best(row, (label) => chosen.has(label));
    const outside = best(row, (label) => !chosen.has(label));
    const label = labels[sample] ?? -1;
    const at = outside.value - inside.value;
    // Below its margin a sample goes to its best other class, above it to its best chosen one.
    if (label === outside.label) right++;
    if (label === (at < 0 ? inside : outside).label) before++;
    if (label === inside.label) events.push({ at, change: 1 });
    if (label === outside.label) events.push({ at, change: -1 });
  }
  const shift = bestShift(events, right);
  const after = right + events.filter(({ at }) => at < shift).reduce((sum, { change }) => sum + change, 0);
  const count = Math.max(1, labels.length);
  return { shift, before: before / count, after: after / count };
}

interface Event {
  readonly at: number;
  /** Of the number of samples that are told right, with a larger shift. */
  readonly change: number;
}

function bestShift(events: readonly Event[], atFirst: number): number {
  const sorted = events.toSorted((one, other) => one.at - other.at);
  let right = atFirst;
  let found = { right: -1, shift: 0 };
  for (let index = 0; index <= sorted.length; index++) {
    const [from, to] = [sorted[index - 1]?.at ?? -Infinity, sorted[index]?.at ?? Infinity];
    if (from < to) {
      const shift = within(from, to);
      const isBetter = right > found.right || (right === found.right && Math.abs(shift) < Math.abs(found.shift));
      if (isBetter) found = { right, shift };
    }
    right += sorted[index]?.change ?? 0;
  }
  return found.shift;
}

/** A shift between these: none, where that will do. */
function within(from: number, to: number): number {
  if (from < 0 && to > 0) return 0;
  if (from === -Infinity) return to - 1;
  return to === Infinity ? from + 1 : (from + to) / 2;
}

function best(
  row: Float32Array,
  takes: (label: number) => boolean,
): { readonly label: number; readonly value: number } {
  let found = { label: -1, value: -Infinity };
  for (const [label, value] of row.entries()) if (takes(label) && value > found.value) found = { label, value };
  return found;
}
