import type { StageExecutor } from '../executor.ts';

export interface LocalExecutorOptions {
  /** Path of the built stage-process.js. */
  readonly entry: string;
  /** Child processes at most. */
  readonly size: number;
  /** Absolute; the working folder of the children. */
  readonly projectFolder: string;
  /** Absolute; for downloads, outlives runs. */
  readonly downloadFolder: string;
  /** How long a stage may take to stop by itself, and again after SIGTERM. 5,000 if absent. */
  readonly graceMilliseconds?: number;
  /** A child that has grown beyond it is replaced after its stage. 1 GiB if absent. */
  readonly idleBytes?: number;
}

/** Runs stages in a warm pool of child processes, which are started when first needed. */
export function openLocalExecutor(options: LocalExecutorOptions): StageExecutor {
  throw new Error(`not written yet: ${options.entry}`);
}
