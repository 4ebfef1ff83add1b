import { openRuns } from '../../api/runs.ts';
import { renderRuns } from '../../report/runs-table.ts';
import { type AddCommand, type CommandContext, helpText } from '../command.ts';
import { positiveInteger } from '../numbers.ts';
import { printProblems } from '../print-problems.ts';
import { layoutOf, printJson } from '../terminal.ts';

interface Flags {
  readonly limit: number;
  readonly json?: true;
}

export const addRuns: AddCommand = (program, context) => {
  program
    .command('runs')
    .description('list the runs of this project, newest first')
    .option('-n, --limit <count>', 'so many at most', positiveInteger, 20)
    .option('--json', 'print the list with all that is known of each run in short')
    .addHelpText('after', helpText({ examples: ['pipeline runs', 'pipeline runs -n 3 --json'] }))
    .action(async (flags: Flags) => {
      context.exit(await runs(flags, context));
    });
};

async function runs(flags: Flags, { terminal }: CommandContext): Promise<number> {
  const opened = await openRuns(terminal.cwd);
  if (!opened.ok) return printProblems(terminal, opened.error, flags);
  const list = (await opened.value.list()).slice(0, flags.limit);
  if (flags.json === true) {
    printJson(terminal, list);
  } else {
    terminal.stdout.write(await renderRuns(list, layoutOf(terminal)));
  }
  return 0;
}
