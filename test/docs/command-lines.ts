import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { buildProgram } from '../../src/cli/program.ts';
import { textOutput } from '../report/text-output.ts';

const root = join(import.meta.dirname, '../..');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

/** Why a command line of a document cannot be right, as far as it is this program's or a script of its package. */
export function wrongCommands(line: string): readonly string[] {
  return calls(line).flatMap((words) => {
    const [program, ...args] = words;
    if (program === 'pipeline') return wrongArguments(args);
    if (program === 'npx' && args[0] === 'pipeline') return wrongArguments(args.slice(1));
    if (program !== 'npm') return [];
    const script = args[0] === 'run' ? args[1] : args[0] === 'test' ? 'test' : undefined;
    if (script === undefined) return [];
    if (!Object.hasOwn(scripts, script)) return [`package.json has no script "${script}"`];
    return script === 'pipeline' ? wrongArguments(args.slice(args.indexOf('--') + 1)) : [];
  });
}

/** A line's commands, each as its words; a comment behind them is none. */
function calls(line: string): readonly (readonly string[])[] {
  const words = line.match(/'[^']*'|"[^"]*"|&&|\|\||[;|]|#.*$|[^\s;|]+/g) ?? [];
  const found: string[][] = [[]];
  for (const word of words) {
    if (word.startsWith('#')) break;
    if (['&&', '||', ';', '|'].includes(word)) found.push([]);
    else found.at(-1)?.push(word.replaceAll(/^['"]|['"]$/g, ''));
  }
  return found.filter((words) => words.length > 0);
}

/** Parses as the program does, but runs nothing: what commander itself refuses, and a command that is not there. */
function wrongArguments(args: readonly string[]): readonly string[] {
  const plain = args.filter((word, index) => !/^[<>]/.test(word) && !/^[<>]+$/.test(args[index - 1] ?? ''));
  // `FILE [STAGE…]` in prose stands for what it says.
  const words = plain.filter((word) => !/^\[.*\]?$|^.*…\]$/.test(word));
  const errors = textOutput();
  const program = buildProgram({ cwd: root, env: {}, stdout: textOutput(), stderr: errors }, () => undefined);
  for (const command of [program, ...allCommands(program)]) {
    command.exitOverride();
    command.configureOutput({ writeErr: (text) => void errors.write(text), writeOut: () => undefined });
    if (command.commands.length === 0) command.action(() => undefined);
  }
  try {
    program.parse([...words], { from: 'user' });
    return [];
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return code === 'commander.version' || code === 'commander.helpDisplayed' || code === 'commander.help'
      ? []
      : [`pipeline ${words.join(' ')}: ${message}`];
  }
}

function allCommands(command: Command): readonly Command[] {
  return command.commands.flatMap((each) => [each, ...allCommands(each)]);
}
