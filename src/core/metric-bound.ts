import type { SourceRange } from '../diagnostics/source.ts';
import type { StageId } from './ids.ts';

/** A bound on a metric of a stage. */
export interface MetricBound {
  /** `evaluate.student.validation.accuracy` */
  readonly metric: string;
  readonly stage: StageId;
  /** The way into the stage's metrics. */
  readonly path: readonly string[];
  readonly operator: '>=' | '<=' | '>' | '<' | '==';
  readonly bound: number;
  readonly where: SourceRange;
}
