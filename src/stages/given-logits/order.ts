/**
 * Whether rows of logits are in the order of a data set's images. It cannot be seen from the numbers, but what a teacher says of the right
 * images agrees with their labels far more often than what it says of others. Pure.
 */
export interface OrderEvidence {
  /** Share of rows whose largest logit is that of the label. */
  readonly accuracy: number;
  /** What the same rows in any order would have on average. */
  readonly chance: number;
  /** Why the order is in doubt, as a sentence that follows a file's name; undefined where it is not. */
  readonly doubt?: string;
}

/** Cohen's kappa, (accuracy − chance) / (1 − chance), of an order that is believed. */
export const LEAST_KAPPA = 0.2;
/** Standard deviations of a random order by which the accuracy has to be above chance. */
const LEAST_DEVIATIONS = 5;
/** Parts of the rows that are looked at alone, and how many rows each has at least. */
const PARTS = 10;
const LEAST_ROWS = 200;
/** What a part has to be above chance, as a share of what all rows are. */
const LEAST_SHARE = 0.25;

/**
 * @param predicted the class with the largest logit of each row
 * @param labels of the images, as many
 */
export function orderEvidence(predicted: Int32Array, labels: ArrayLike<number>, classes: number): OrderEvidence {
  const confusion = confusionOf(predicted, labels, classes);
  const { accuracy, chance, deviations } = againstChance(confusion);
  const kappa = chance < 1 ? (accuracy - chance) / (1 - chance) : 0;
  if (kappa >= LEAST_KAPPA && deviations >= LEAST_DEVIATIONS) {
    const doubt = partInDoubt(predicted, labels, { confusion, accuracy, chance });
    return { accuracy, chance, ...(doubt === undefined ? {} : { doubt }) };
  }
  const found = `agrees with the labels in ${percent(accuracy)} of the rows, and in any other order it would in ${percent(chance)}`;
  const columns = otherColumns(confusion);
  return { accuracy, chance, doubt: columns === undefined ? found : `${found}; ${columns}` };
}

/** confusion[label][predicted] */
function confusionOf(predicted: Int32Array, labels: ArrayLike<number>, classes: number): readonly number[][] {
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  predicted.forEach((chosen, row) => {
    const line = confusion[labels[row] ?? 0];
    if (line !== undefined) line[chosen] = (line[chosen] ?? 0) + 1;
  });
  return confusion;
}

/** Mean and variance of the agreement when the rows are permuted at random, with the margins as they are. */
function againstChance(confusion: readonly (readonly number[])[]): {
  readonly accuracy: number;
  readonly chance: number;
  readonly deviations: number;
} {
  const { labelled, chosen, total } = margins(confusion);
  const right = confusion.reduce((sum, line, label) => sum + (line[label] ?? 0), 0);
  const products = labelled.map((count, label) => count * (chosen[label] ?? 0));
  const expected = products.reduce((sum, product) => sum + product, 0) / total;
  const within = products.reduce(
    (sum, product, label) => sum + product * (total - (labelled[label] ?? 0)) * (total - (chosen[label] ?? 0)),
    0,
  );
  const squares = products.reduce((sum, product) => sum + product ** 2, 0);
  const across = (expected * total) ** 2 - squares;
  const variance = total > 1 ? (within + across) / (total ** 2 * (total - 1)) : 0;
  return {
    accuracy: right / total,
    chance: expected / total,
    deviations: variance > 0 ? (right - expected) / Math.sqrt(variance) : 0,
  };
}

function margins(confusion: readonly (readonly number[])[]): {
  readonly labelled: readonly number[];
  readonly chosen: readonly number[];
  readonly total: number;
} {
  const labelled = confusion.map((line) => line.reduce((sum, count) => sum + count, 0));
  const chosen = confusion.map((_, label) => confusion.reduce((sum, line) => sum + (line[label] ?? 0), 0));
  return {
    labelled,
    chosen,
    total: Math.max(
      1,
      labelled.reduce((sum, count) => sum + count, 0),
    ),
  };
}

interface Whole {
  readonly confusion: readonly (readonly number[])[];
  readonly accuracy: number;
  readonly chance: number;
}

/** Rows that fit at first and then no more: one was left out, or two files were joined in another order. */
function partInDoubt(predicted: Int32Array, labels: ArrayLike<number>, whole: Whole): string | undefined {
  const { chosen, total } = margins(whole.confusion);
  const parts = Math.min(PARTS, Math.floor(total / LEAST_ROWS));
  for (let part = 0; part < parts; part++) {
    const [start, end] = [Math.floor((part * total) / parts), Math.floor(((part + 1) * total) / parts)];
    let right = 0;
    let expected = 0;
    for (let row = start; row < end; row++) {
      const label = labels[row] ?? 0;
      if (predicted[row] === label) right++;
      expected += (chosen[label] ?? 0) / total;
    }
    const [accuracy, chance] = [right / (end - start), expected / (end - start)];
    if (accuracy - chance >= LEAST_SHARE * (whole.accuracy - whole.chance)) continue;
    return `agrees with the labels in ${percent(whole.accuracy)} of all rows, but in ${percent(accuracy)} of the rows ${start} to ${end - 1}`;
  }
  return undefined;
}

/** Whether columns that stand for other classes would explain it. */
function otherColumns(confusion: readonly (readonly number[])[]): string | undefined {
  const meant = confusion.map((_, column) => {
    const counts = confusion.map((line) => line[column] ?? 0);
    return counts.indexOf(Math.max(...counts));
  });
  const { total } = margins(confusion);
  const right = meant.reduce((sum, label, column) => sum + (confusion[label]?.[column] ?? 0), 0);
  if (new Set(meant).size !== meant.length || right / total < 0.5) return undefined;
  const [column, label] = [...meant.entries()].find(([own, other]) => own !== other) ?? [];
  if (column === undefined || label === undefined) return undefined;
  return `it would in ${percent(right / total)} if column ${column} stood for class ${label}, and others likewise`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}
