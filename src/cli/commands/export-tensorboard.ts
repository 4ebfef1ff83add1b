import { writeFiles } from '../../api/export/write-files.ts';
import { tensorboardFiles } from '../../report/formats/tensorboard/run-files.ts';
import { type AddCommand, type CommandContext, helpText } from '../command.ts';
import { findExported } from '../exported.ts';
import { printProblems } from '../print-problems.ts';
import { printJson } from '../terminal.ts';

interface Flags {
  readonly output: string;
  readonly json?: true;
}

export const addExportTensorboard: AddCommand = (command, context) => {
  command
    .command('tensorboard [runs...]')
    .description('event files of runs: epochs, metrics, hyperparameters; of the latest run, if none is named')
    .requiredOption('-o, --output <folder>', 'the folder that TensorBoard is given; made where it is not there')
    .option('--json', 'print { folder, files }')
    .addHelpText(
      'after',
      helpText({
        examples: [
          'pipeline export tensorboard -o tensorboard && tensorboard --logdir tensorboard',
          'pipeline export tensorboard latest latest~1 best -o tensorboard',
        ],
        exits: { 2: 'no such run' },
      }),
    )
    .action(async (runs: readonly string[], flags: Flags) => {
      context.exit(await exportTensorboard(runs, flags, context));
    });
};

async function exportTensorboard(runs: readonly string[], flags: Flags, { terminal }: CommandContext): Promise<number> {
  const found = await findExported(terminal, runs);
  if (!found.ok) return printProblems(terminal, found.error, flags);
  const files = found.value.flatMap(tensorboardFiles);
  const written = await writeFiles(terminal.cwd, flags.output, files);
  if (!written.ok) return printProblems(terminal, [written.error], flags);
  if (flags.json === true) printJson(terminal, { folder: flags.output, files: files.map(({ path }) => path) });
  else for (const path of written.value) terminal.stdout.write(`${path}\n`);
  return 0;
}
