import type { BackendName } from '../../core/pipeline-spec.ts';
import type { MeasuredFolder } from './measure.ts';

/** What was measured, on what. */
export interface LatencyReport {
  readonly run: string;
  readonly backend: BackendName;
  readonly host: { readonly cpu: string; readonly cores: number };
  /** Processes that wanted to run over the minute before, on average: with more than a few, the figures are of a busy machine. */
  readonly load: number;
  readonly models: readonly MeasuredModels[];
  /** ISO 8601, UTC. */
  readonly measured: string;
  /** Why it was not kept beside the run's record, in words; absent where it was. */
  readonly unkept?: string;
}

interface MeasuredModels extends MeasuredFolder {
  /** Variants of a stage whose models are alike but for their weights. What is alike is measured once, in whatever stages. */
  readonly stages: readonly string[];
}
