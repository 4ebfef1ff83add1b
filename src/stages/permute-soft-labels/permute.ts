import type { Generator } from '../../tensor/random.ts';

/**
 * The logits with those of the wrong classes in another order, drawn anew for each image. The label keeps its own, so that the
 * softmax has the same values as before, and of the label the same one, at every temperature.
 * @param logits [count, classes]
 */
export function permuteOthers(
  logits: Float32Array,
  { labels, classes }: { readonly labels: ArrayLike<number>; readonly classes: number },
  random: Generator,
): Float32Array {
  const permuted = Float32Array.from(logits);
  for (let row = 0; row * classes < logits.length; row++) {
    const label = labels[row] ?? 0;
    const order = random.permutation(classes - 1);
    /** The class of a wrong one, counted without the label. */
    const classOf = (wrong: number): number => (wrong < label ? wrong : wrong + 1);
    order.forEach((from, to) => {
      permuted[row * classes + classOf(to)] = logits[row * classes + classOf(from)] ?? 0;
    });
  }
  return permuted;
}
