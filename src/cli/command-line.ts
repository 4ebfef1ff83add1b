import { CommanderError } from 'commander';
import { buildProgram } from './program.ts';
import { reportBug } from './bug.ts';
import { exitCodes } from './exit-codes.ts';
import { withTerminal } from './process.ts';
import type { Terminal } from './terminal.ts';

/** Runs the command that the arguments name, and sets the exit code of the process. */
export function runCommandLine(args: readonly string[]): Promise<void> {
  return withTerminal((terminal) => execute(args, terminal));
}

/** @returns the exit code */
export async function execute(args: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode: number = exitCodes.done;
  const exit = (code: number): void => {
    exitCode = code;
  };
  const program = buildProgram(terminal, exit, args[0]);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.wrong;
    reportBug(error, terminal);
    return exitCodes.bug;
  }
}
