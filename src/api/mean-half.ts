import { tQuantile } from '../distill/statistics/student-t.ts';
import type { Sample } from '../report/variants/folded.ts';

/** Of the 95% interval of a mean: t · s/√n, as docs/comparison.md has it. @param sample of two values or more */
export function meanHalf({ deviation, count }: Sample): number {
  return (tQuantile(0.975, count - 1) * deviation) / Math.sqrt(count);
}
