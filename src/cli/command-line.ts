import { CommanderError } from 'commander';
import { buildProgram } from './program.ts';
import { reportBug } from './bug.ts';
import { exitCodes } from './exit-codes.ts';
import { processOutputs } from './outputs.ts';
import { processTerminal, type Terminal } from './terminal.ts';

/** Runs the command that the arguments name, and sets the exit code of the process. */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  const outputs = processOutputs();
  const terminal = processTerminal(outputs);
  if (terminal === undefined) {
    outputs.stderr.write('the folder in which the command was started is gone: change to one that is there\n');
    process.exitCode = exitCodes.wrong;
    return;
  }
  const exitCode = await execute(args, terminal);
  const { fault } = outputs;
  if (fault !== undefined) terminal.stderr.write(`what was printed is not whole: ${fault}\n`);
  process.exitCode = fault === undefined || exitCode !== exitCodes.done ? exitCode : exitCodes.failed;
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
