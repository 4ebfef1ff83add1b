/** How long a model took to predict one batch; times in milliseconds. */
export interface Latency {
  /** Images that the model looks at together. */
  readonly batch: number;
  /** For one batch: the median of the measured rounds, the shortest and the longest of them. */
  readonly milliseconds: number;
  readonly shortest: number;
  readonly longest: number;
  /** How many were measured. */
  readonly rounds: number;
}
