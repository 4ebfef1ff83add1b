import type { Command } from 'commander';
import type { Terminal } from './terminal.ts';

/** What a command file gets: where to print, and how to say how it ended. */
export interface CommandContext {
  readonly terminal: Terminal;
  exit(code: number): void;
}

/** Adds a command to the program. */
export type AddCommand = (program: Command, context: CommandContext) => void;

export interface HelpText {
  readonly examples: readonly string[];
  /** By code; 0 and 70 go without saying. */
  readonly exits?: Readonly<Record<number, string>>;
}

/** The end of a command's `--help`. */
export function helpText({ examples, exits = {} }: HelpText): string {
  const codes = Object.entries({ 0: 'done', ...exits, 70: 'a mistake in pipeline itself' });
  return [
    '',
    'Examples:',
    ...examples.map((example) => `  $ ${example}`),
    '',
    'Exit codes:',
    ...codes.map(([code, meaning]) => `  ${code.padEnd(4)} ${meaning}`),
  ].join('\n');
}

/** For an option that may be given more than once. */
export function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
