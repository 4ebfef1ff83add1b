import type { Pin } from '../records/pins.ts';
import type { RunSummary } from '../records/run-record.ts';

/** `pin` where gc keeps its results; `tags` where it has any. */
export type ListedRun = RunSummary & {
  readonly name?: string;
  readonly tags?: readonly string[];
  readonly pin?: Omit<Pin, 'run'>;
};
