import { failure, success } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';

interface TableProblem {
  /** The rest of a sentence that begins with the file's name. */
  readonly message: string;
  readonly hint?: string;
}

export interface ReadLogits {
  /** [count, classes] */
  readonly logits: Float32Array;
  /** Probabilities of 0, which have no logarithm and were raised to {@link SMALLEST}. */
  readonly raised: number;
}

/** The smallest normal number of float32; its logarithm is −87.3. */
const SMALLEST = 2 ** -126;

/** How far from 1 the probabilities of a row may add up: what was written with few digits is welcome. */
const SUM_TOLERANCE = 1e-2;

/** Logits as they are; probabilities as their logarithms, which are logits up to a constant that no softmax sees. */
export function readLogits(
  { shape, values }: { readonly shape: readonly number[]; readonly values: Float64Array },
  kind: 'logits' | 'probabilities',
  { count, classes }: { readonly count: number; readonly classes: number },
): Result<ReadLogits, TableProblem> {
  const [rows = 0, columns = 1] = shape;
  if (columns !== classes) {
    return failure({
      message: `has ${columns} columns, and the data set has ${classes} classes`,
      hint: 'a row an image, a column a class in the order of the labels, and nothing else',
    });
  }
  if (rows !== count)
    return failure({ message: `has ${rows} rows, and the data set has ${count} such images`, hint: SAME_IMAGES });
  const odd = values.findIndex((value) => !Number.isFinite(value));
  if (odd !== -1) {
    return failure({
      message: `has ${String(values[odd])} in row ${Math.floor(odd / classes)}, column ${odd % classes}, counted from 0`,
    });
  }
  const distribution = firstRowThatIsNone(values, classes);
  if (kind === 'logits') {
    if (distribution === undefined) return failure(PROBABILITIES);
    return success({ logits: Float32Array.from(values), raised: 0 });
  }
  if (distribution !== undefined) {
    const message = `has no probabilities in row ${distribution}, counted from 0: they lie between 0 and 1 and add up to 1`;
    return failure({ message, hint: 'if these are logits, leave `values` out' });
  }
  const raised = values.reduce((sum, value) => sum + (value < SMALLEST ? 1 : 0), 0);
  return success({ logits: Float32Array.from(values, (value) => Math.log(Math.max(value, SMALLEST))), raised });
}

export const SAME_IMAGES =
  'rows have to be in the order of the split: `pipeline get` brings the images out of the stage that loads them, in this order';

/** A softmax of a softmax is a mistake that trains without a word. */
const PROBABILITIES: TableProblem = {
  message: 'has probabilities, each row adding up to 1, and logits are expected',
  hint: 'write `values: probabilities`, and their logarithms are taken',
};

/** The first row that is no distribution; undefined where all are. */
function firstRowThatIsNone(values: Float64Array, classes: number): number | undefined {
  for (let row = 0; row * classes < values.length; row++) {
    const own = values.subarray(row * classes, (row + 1) * classes);
    const sum = own.reduce((total, value) => total + value, 0);
    if (Math.abs(sum - 1) > SUM_TOLERANCE || own.some((value) => value < 0)) return row;
  }
  return undefined;
}
