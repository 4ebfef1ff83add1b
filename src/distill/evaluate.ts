/** What a model's logits are worth. Pure functions on plain arrays, computed in float64. */
import { argMax, labelledRows, logSumExp, pairedRows, rowsOf } from './logits.ts';

export interface Evaluation {
  readonly count: number;
  readonly accuracy: number;
  /** Mean cross-entropy with the labels, in nats. */
  readonly loss: number;
  readonly errors: number;
  /** confusion[label][predicted] */
  readonly confusion: readonly (readonly number[])[];
  readonly perClass: readonly ClassFigures[];
}

interface ClassFigures {
  /** Samples with this label. */
  readonly count: number;
  /** Share of them that were found; null where there are none. */
  readonly recall: number | null;
  /** Share of what was taken for this class and is; null where nothing was. */
  readonly precision: number | null;
}

/**
 * @param logits [count, classes], row-major
 * @param labels [count]
 */
export function evaluateLogits(logits: Float32Array, labels: ArrayLike<number>, classes: number): Evaluation {
  const count = labelledRows(logits, labels, classes);
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  let loss = 0;
  let right = 0;
  for (let row = 0; row < count; row++) {
    const label = labels[row] ?? 0;
    const predicted = argMax(logits, row, classes);
    loss += logSumExp(logits, row, classes, 1) - (logits[row * classes + label] ?? 0);
    if (predicted === label) right++;
    const line = confusion[label];
    if (line === undefined) throw new Error(`label ${label} of ${classes} classes`);
    line[predicted] = (line[predicted] ?? 0) + 1;
  }
  const divisor = Math.max(1, count);
  return {
    count,
    accuracy: right / divisor,
    loss: loss / divisor,
    errors: count - right,
    confusion,
    perClass: confusion.map((line, label) => classFigures(confusion, line, label)),
  };
}

/** Share of samples for which two models choose the same class. Both [count, classes]. */
export function agreement(first: Float32Array, second: Float32Array, classes: number): number {
  const count = pairedRows(first, second, classes);
  let same = 0;
  for (let row = 0; row < count; row++) {
    if (argMax(first, row, classes) === argMax(second, row, classes)) same++;
  }
  return same / Math.max(1, count);
}

export interface ErrorOverlap {
  /** Samples that both get wrong. */
  readonly both: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
}

/** Whose errors are whose. Both [count, classes]. */
export function errorOverlap(
  first: Float32Array,
  second: Float32Array,
  { labels, classes }: { readonly labels: ArrayLike<number>; readonly classes: number },
): ErrorOverlap {
  const count = pairedRows(first, second, classes);
  const found = { both: 0, onlyFirst: 0, onlySecond: 0 };
  for (let row = 0; row < count; row++) {
    const firstErrs = argMax(first, row, classes) !== labels[row];
    const secondErrs = argMax(second, row, classes) !== labels[row];
    if (firstErrs && secondErrs) found.both++;
    else if (firstErrs) found.onlyFirst++;
    else if (secondErrs) found.onlySecond++;
  }
  return found;
}

/** Mean over samples of KL(teacher ‖ student), in nats, both softened by `temperature`; without any factor of temperature². */
export function meanKl(teacher: Float32Array, student: Float32Array, classes: number, temperature = 1): number {
  const count = pairedRows(teacher, student, classes);
  let total = 0;
  for (let row = 0; row < count; row++) {
    const teacherNorm = logSumExp(teacher, row, classes, temperature);
    const studentNorm = logSumExp(student, row, classes, temperature);
    for (let index = row * classes; index < (row + 1) * classes; index++) {
      const logTeacher = (teacher[index] ?? 0) / temperature - teacherNorm;
      const logStudent = (student[index] ?? 0) / temperature - studentNorm;
      total += Math.exp(logTeacher) * (logTeacher - logStudent);
    }
  }
  return total / Math.max(1, count);
}

/** The class with the largest logit of each row; the first of equal ones. */
export function predictedClasses(logits: Float32Array, classes: number): Int32Array {
  return Int32Array.from({ length: rowsOf(logits, classes) }, (_, row) => argMax(logits, row, classes));
}

function classFigures(confusion: readonly (readonly number[])[], line: readonly number[], label: number): ClassFigures {
  const found = line[label] ?? 0;
  const count = line.reduce((sum, value) => sum + value, 0);
  const taken = confusion.reduce((sum, other) => sum + (other[label] ?? 0), 0);
  return { count, recall: count === 0 ? null : found / count, precision: taken === 0 ? null : found / taken };
}
