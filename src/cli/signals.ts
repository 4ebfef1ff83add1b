import { exitCodeOf } from './exit-codes.ts';

export interface Cancellation {
  readonly signal: AbortSignal;
  /** The first one that came. */
  readonly received: NodeJS.Signals | undefined;
  /** Gives the signals back. */
  stop(): void;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The first signal cancels the run, so that it ends in order; a second one ends the process at once. */
export function cancelOnSignal(cancelling: (signal: NodeJS.Signals) => void): Cancellation {
  const controller = new AbortController();
  let received: NodeJS.Signals | undefined;
  const handle = (signal: NodeJS.Signals): void => {
    // The stage processes end when their channel to this one closes.
    if (received !== undefined) process.exit(exitCodeOf(signal));
    received = signal;
    cancelling(signal);
    controller.abort(new Error(`cancelled by ${signal}`));
  };
  for (const signal of signals) process.on(signal, handle);
  return {
    signal: controller.signal,
    get received() {
      return received;
    },
    stop() {
      for (const signal of signals) process.off(signal, handle);
    },
  };
}

/** What is said of a signal that comes while stages run. */
export function endingStages(signal: NodeJS.Signals): string {
  return `${signal}: ending the stages under way; a second one ends at once`;
}
