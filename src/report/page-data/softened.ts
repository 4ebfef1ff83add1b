/** Probabilities of one row of logits at a temperature. In float64, with the largest taken out first. */
export function softened(logits: ArrayLike<number>, temperature: number): readonly number[] {
  const values = Array.from(logits);
  const largest = Math.max(...values);
  const exponentials = values.map((value) => Math.exp((value - largest) / temperature));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.map((value) => value / sum);
}

/** The class with the largest logit; the first of equal ones. */
export function chosenClass(logits: ArrayLike<number>): number {
  let best = 0;
  for (let index = 1; index < logits.length; index++) if ((logits[index] ?? 0) > (logits[best] ?? 0)) best = index;
  return best;
}
