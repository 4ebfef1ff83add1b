import type { PipelineEvent } from '../core/event.ts';

/** Where a run's events go: a screen, a log, a program that reads lines. Takes events in order, one at a time. */
export interface EventSink {
  emit(event: PipelineEvent): void;
  /** After the last event: writes what is still to write. */
  close(): Promise<void>;
}

/** A stream that is printed to; `process.stdout` is one. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** @returns the characters in a line, or infinity where the output is not a terminal */
export function widthOf(output: Output): number {
  return output.isTTY === true ? (output.columns ?? 80) : Infinity;
}
