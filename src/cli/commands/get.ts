import { openRuns } from '../../api/runs.ts';
import { type AddCommand, type CommandContext, helpText } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { printProblems } from '../print-problems.ts';
import { printJson } from '../terminal.ts';

interface Flags {
  readonly output: string;
  readonly force?: true;
  readonly json?: true;
}

export const addGet: AddCommand = (program, context) => {
  program
    .command('get <run> <stage>')
    .description('write what a stage made as ordinary files; of a stage with variants, a folder for each')
    .requiredOption('-o, --output <folder>', 'where to; the folder is made')
    .option('--force', 'overwrite files that are there with other content')
    .option('--json', 'print { folder, files }')
    .addHelpText(
      'after',
      helpText({
        examples: ['pipeline get latest train-student -o student', 'pipeline get 20261124 evaluate -o out'],
        exits: {
          1: 'files with other content are there; nothing was written',
          2: 'no such run or stage, or the stage made nothing',
        },
      }),
    )
    .action(async (run: string, stage: string, flags: Flags) => {
      context.exit(await get(run, stage, flags, context));
    });
};

async function get(name: string, stage: string, flags: Flags, { terminal }: CommandContext): Promise<number> {
  const opened = await openRuns(terminal.cwd);
  if (!opened.ok) return printProblems(terminal, opened.error, flags);
  const written = await opened.value.materialize(name, stage, flags.output, { force: flags.force === true });
  if (!written.ok) {
    const wrong = printProblems(terminal, [written.error], flags);
    return written.error.code === 'would-overwrite' ? exitCodes.failed : wrong;
  }
  const { folder, files } = written.value;
  if (flags.json === true) {
    printJson(terminal, written.value);
  } else {
    for (const file of files) terminal.stdout.write(`${folder}/${file.path}\n`);
  }
  return 0;
}
