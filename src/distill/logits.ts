/** Rows of logits, [count, classes] row-major, in float64. */

/** The class with the largest logit of a row; the first of equal ones. */
export function argMax(logits: Float32Array, row: number, classes: number): number {
  let best = 0;
  for (let index = 1; index < classes; index++) {
    if ((logits[row * classes + index] ?? 0) > (logits[row * classes + best] ?? 0)) best = index;
  }
  return best;
}

/** log Σ exp(z / temperature), with the largest taken out first. */
export function logSumExp(logits: Float32Array, row: number, classes: number, temperature: number): number {
  const offset = row * classes;
  let largest = -Infinity;
  for (let index = offset; index < offset + classes; index++) largest = Math.max(largest, logits[index] ?? 0);
  let sum = 0;
  for (let index = offset; index < offset + classes; index++) {
    sum += Math.exp(((logits[index] ?? 0) - largest) / temperature);
  }
  return largest / temperature + Math.log(sum);
}

export function rowsOf(logits: Float32Array, classes: number): number {
  const count = logits.length / classes;
  if (!Number.isInteger(count)) throw new Error(`${logits.length} logits are no rows of ${classes}`);
  return count;
}

export function labelledRows(logits: Float32Array, labels: ArrayLike<number>, classes: number): number {
  const count = rowsOf(logits, classes);
  if (labels.length !== count) throw new Error(`${count} rows of logits for ${labels.length} labels`);
  return count;
}

export function pairedRows(first: Float32Array, second: Float32Array, classes: number): number {
  if (first.length !== second.length) throw new Error(`${first.length} logits beside ${second.length}`);
  return rowsOf(first, classes);
}
