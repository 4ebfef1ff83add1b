/** Whether a model is as sure as it is right. Pure, in float64; formulas in docs/scorecard.md. */
import { argMax, labelledRows, logSumExp } from './logits.ts';

/** Of the expected calibration error: equal widths of confidence, as in Guo et al. 2017 (arXiv 1706.04599). */
const calibrationBins = 15;

export interface Calibration {
  /** Expected calibration error: Σ over bins of its share of the samples · |accuracy − mean confidence|. */
  readonly ece: number;
  /** Mean over samples of Σ over classes (p − y)²: 0 to 2 (Brier 1950). */
  readonly brier: number;
}

/**
 * @param logits [count, classes], row-major
 * @param labels [count]
 */
export function calibration(logits: Float32Array, labels: ArrayLike<number>, classes: number): Calibration {
  const count = labelledRows(logits, labels, classes);
  // Of each bin, right answers minus confidence, summed: divided by the count, that is its share · (accuracy − mean confidence).
  const excess = new Float64Array(calibrationBins);
  let squares = 0;
  for (let row = 0; row < count; row++) {
    const label = labels[row] ?? 0;
    const norm = logSumExp(logits, row, classes, 1);
    const probability = (index: number): number => Math.exp((logits[row * classes + index] ?? 0) - norm);
    const predicted = argMax(logits, row, classes);
    for (let index = 0; index < classes; index++) squares += (probability(index) - (index === label ? 1 : 0)) ** 2;
    const confidence = probability(predicted);
    const bin = binOf(confidence);
    excess[bin] = (excess[bin] ?? 0) + (predicted === label ? 1 : 0) - confidence;
  }
  const divisor = Math.max(1, count);
  return { ece: excess.reduce((sum, each) => sum + Math.abs(each), 0) / divisor, brier: squares / divisor };
}

/** Bins are open below and closed above: ((k − 1)/15, k/15]. */
function binOf(confidence: number): number {
  return Math.min(calibrationBins - 1, Math.max(0, Math.ceil(confidence * calibrationBins) - 1));
}
