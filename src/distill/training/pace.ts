/** Lets the event loop have its turn inside long computations, so that messages, timers and cancellation are served. */
import { setImmediate } from 'node:timers/promises';

export interface Pace {
  /** Gives way if it is time to. @throws signal.reason when aborted */
  pause(): Promise<void>;
  /** Whether it is time to tell of progress. */
  report(): boolean;
  /** Since the start. */
  seconds(): number;
}

const PAUSE_EVERY = 50;
const REPORT_EVERY = 200;

/** A cancelled computation ends at once, not at its first pause. */
export function startPace(signal: AbortSignal): Pace {
  signal.throwIfAborted();
  const start = performance.now();
  let paused = start;
  let reported = start;
  return {
    pause: async () => {
      if (performance.now() - paused < PAUSE_EVERY) return;
      await setImmediate();
      paused = performance.now();
      signal.throwIfAborted();
    },
    report: () => {
      if (performance.now() - reported < REPORT_EVERY) return false;
      reported = performance.now();
      return true;
    },
    seconds: () => (performance.now() - start) / 1000,
  };
}
