/** What the command's exit says; `--help` of each command lists those that it can end with. */
export const exitCodes = {
  done: 0,
  /** A stage or a gate failed, or what was asked for is not there. */
  failed: 1,
  /** The definition or the command line is wrong. */
  wrong: 2,
  /** A mistake in this program. */
  bug: 70,
} as const;

const signalCodes: Readonly<Record<string, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

export function exitCodeOf(signal: NodeJS.Signals): number {
  return signalCodes[signal] ?? 1;
}
