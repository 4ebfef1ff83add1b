import type { RunId, StageId } from './ids.ts';
import type { LossFormula } from './stage-type.ts';

/** What a stage that trains makes small: `pipeline explain --json`. */
export interface ExplainedLoss extends LossFormula {
  readonly stage: StageId;
  readonly type: string;
  /** Absent where no result tells. */
  readonly shares?: LossShares;
}

/** How much each term moved the weights. */
export interface LossShares {
  /** The norm of its gradient by the weights, divided by the sum of all terms' norms. */
  readonly byTerm: Readonly<Record<string, number>>;
  /** Where this was measured. */
  readonly run: RunId;
  /** Whether with these options and inputs, or with those of an earlier result. */
  readonly isOwn: boolean;
}
