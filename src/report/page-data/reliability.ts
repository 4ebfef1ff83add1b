import { chosenClass, softened } from './softened.ts';
import { rowOf, type Answers } from './answers.ts';

/** Of the answers whose confidence lies in (low, high]. */
export interface ReliabilityBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Mean probability of the chosen class; null where nothing is in the bin. */
  readonly confidence: number | null;
  /** Share that is right. */
  readonly accuracy: number | null;
}

/** As many as the scorecard's ECE has: docs/scorecard.md. */
const binCount = 15;

export function reliabilityOf(logits: Float32Array, { labels, classes }: Answers): readonly ReliabilityBin[] {
  const bins = Array.from({ length: binCount }, () => ({ count: 0, confidence: 0, right: 0 }));
  for (let index = 0; index < labels.length; index++) {
    const row = rowOf(logits, index, classes);
    const predicted = chosenClass(row);
    const confidence = softened(row, 1)[predicted] ?? 0;
    const bin = bins[Math.min(binCount - 1, Math.max(0, Math.ceil(confidence * binCount) - 1))];
    if (bin === undefined) continue;
    bin.count++;
    bin.confidence += confidence;
    if (predicted === labels[index]) bin.right++;
  }
  return bins.map(({ count, confidence, right }, index) => ({
    low: index / binCount,
    high: (index + 1) / binCount,
    count,
    confidence: count === 0 ? null : confidence / count,
    accuracy: count === 0 ? null : right / count,
  }));
}
