import { helpText, type AddCommand, type CommandContext } from '../command.ts';
import { positiveInteger } from '../numbers.ts';

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
  const { openRuns } = await import('../../api/runs.ts');
  const { printProblems } = await import('../print-problems.ts');
  const opened = await openRuns(terminal.cwd);
  if (!opened.ok) return printProblems(terminal, opened.error, flags);
  const list = (await opened.value.list()).slice(0, flags.limit);
  const { layoutOf, printJson } = await import('../terminal.ts');
  if (flags.json === true) {
    printJson(terminal, list);
  } else {
    const { renderRuns } = await import('../../report/runs-table.ts');
    terminal.stdout.write(await renderRuns(list, layoutOf(terminal)));
  }
  return 0;
}
