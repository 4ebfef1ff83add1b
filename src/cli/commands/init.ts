import { initiate } from '../../api/init/init.ts';
import { renderInit } from '../../report/init-text.ts';
import { type AddCommand, type CommandContext, helpText } from '../command.ts';
import { printProblems } from '../print-problems.ts';
import { layoutOf, printJson } from '../terminal.ts';

interface Flags {
  readonly json?: true;
}

export const addInit: AddCommand = (program, context) => {
  program
    .command('init [folder]')
    .description('make a project: a first pipeline, settings, schemas for an editor; overwrites nothing')
    .option('--json', 'print { folder, files: [{ path, result, note }], pipeline }')
    .addHelpText(
      'after',
      helpText({
        examples: ['pipeline init my-experiment', 'pipeline init'],
        exits: { 2: 'the folder cannot be written, or has a project file with problems' },
      }),
    )
    .action(async (folder: string | undefined, flags: Flags) => {
      context.exit(await init(folder ?? '.', flags, context));
    });
};

async function init(folder: string, flags: Flags, { terminal }: CommandContext): Promise<number> {
  const made = await initiate(folder, terminal.cwd);
  if (!made.ok) return printProblems(terminal, made.error, flags);
  if (flags.json === true) printJson(terminal, made.value);
  else terminal.stdout.write(renderInit(made.value, layoutOf(terminal).style));
  return 0;
}
