/** The longest that a timer of Node waits; what asks for longer goes off at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface TimeLimit {
  /** Aborted when the time is over; never, where there is no limit. */
  readonly signal: AbortSignal;
  /** Stops the clock. */
  stop(): void;
}

/** A clock that runs from now on. */
export function timeLimit(seconds = Infinity): TimeLimit {
  const controller = new AbortController();
  const end = performance.now() + seconds * 1000;
  let timer: NodeJS.Timeout | undefined;
  const wait = (): void => {
    const left = end - performance.now();
    if (left <= 0) controller.abort();
    else timer = setTimeout(wait, Math.min(left, LONGEST_TIMER_MS));
  };
  if (seconds < Infinity) wait();
  return {
    signal: controller.signal,
    stop() {
      clearTimeout(timer);
    },
  };
}
