import { Option } from 'commander';
import { openRuns } from '../../api/runs.ts';
import { paramsCsv, renderParams } from '../../report/params-table.ts';
import { type AddCommand, type CommandContext, helpText } from '../command.ts';
import { printProblems } from '../print-problems.ts';
import { layoutOf, printJson } from '../terminal.ts';

interface Flags {
  readonly json?: true;
  readonly csv?: true;
}

export const addParams: AddCommand = (program, context) => {
  program
    .command('params [run]')
    .description('print the parameters of a run; of the latest run, if none is named')
    .option('--json', 'print { run, params, overrides }')
    .addOption(new Option('--csv', 'print a line for each as CSV').conflicts('json'))
    .addHelpText(
      'after',
      helpText({ examples: ['pipeline params', 'pipeline params latest~1 --json'], exits: { 2: 'no such run' } }),
    )
    .action(async (run: string | undefined, flags: Flags) => {
      context.exit(await params(run ?? 'latest', flags, context));
    });
};

async function params(name: string, flags: Flags, { terminal }: CommandContext): Promise<number> {
  const opened = await openRuns(terminal.cwd);
  if (!opened.ok) return printProblems(terminal, opened.error, flags);
  const run = await opened.value.find(name);
  if (!run.ok) return printProblems(terminal, [run.error], flags);
  const { id, definition } = run.value;
  if (flags.json === true) {
    printJson(terminal, { run: id, params: definition.params, overrides: definition.overrides });
  } else {
    terminal.stdout.write(
      flags.csv === true ? paramsCsv(run.value) : await renderParams(run.value, layoutOf(terminal)),
    );
  }
  return 0;
}
