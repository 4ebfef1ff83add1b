import { isErrno } from '../base/errno.ts';
import { makeStyle, wantsColor, type Style } from '../report/style.ts';
import { widthOf, type Output } from '../report/sink.ts';

/** Where a command stands and prints: the process, or a test's. */
export interface Terminal {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
}

/** @returns undefined where the working folder was removed: nothing can be found from there */
export function processTerminal({ stdout, stderr }: Pick<Terminal, 'stdout' | 'stderr'>): Terminal | undefined {
  try {
    return { cwd: process.cwd(), env: process.env, stdout, stderr };
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** How to print to an output of it: `{ style, width }`. */
export function layoutOf(terminal: Terminal, output: Output = terminal.stdout): { style: Style; width: number } {
  return { style: makeStyle(wantsColor(output, terminal.env)), width: widthOf(output) };
}

export function printJson(terminal: Terminal, value: unknown): void {
  terminal.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
