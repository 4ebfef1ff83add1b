import type { MetricBound } from './metric-bound.ts';

/** How a stage is run. Nothing of it enters a key: it says when and how often, not what comes out. */
export interface StagePolicy {
  /** Seconds that one attempt may take. */
  readonly timeout?: number;
  readonly retry?: RetryPolicy;
  /** `false`: it always runs, and its result is not kept for other runs. */
  readonly cache?: false;
  /** What it takes of the project's pools while it runs, by name. */
  readonly resources?: Readonly<Record<string, number>>;
  /** It is skipped where this is false, or one of these does not hold. */
  readonly when?: false | readonly MetricBound[];
}

export interface RetryPolicy {
  /** In all, the first one counted. */
  readonly attempts: number;
  /** Seconds before the second attempt. */
  readonly delay: number;
  /** What the delay is multiplied by for each further one. */
  readonly factor: number;
}
