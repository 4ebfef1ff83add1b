import { exitCodes } from './exit-codes.ts';
import { processOutputs } from './outputs.ts';
import { processTerminal, type Terminal } from './terminal.ts';

/** Does a command's work where this process prints, and sets its exit code to what the work gives. */
export async function withTerminal(work: (terminal: Terminal) => Promise<number>): Promise<void> {
  const outputs = processOutputs();
  const terminal = processTerminal(outputs);
  if (terminal === undefined) {
    outputs.stderr.write('the folder in which the command was started is gone: change to one that is there\n');
    process.exitCode = exitCodes.wrong;
    return;
  }
  const exitCode = await work(terminal);
  const { fault } = outputs;
  if (fault !== undefined) terminal.stderr.write(`what was printed is not whole: ${fault}\n`);
  process.exitCode = fault === undefined || exitCode !== exitCodes.done ? exitCode : exitCodes.failed;
}
