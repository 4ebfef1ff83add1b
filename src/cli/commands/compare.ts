import { Option } from 'commander';
import { compareRuns } from '../../api/compare-runs.ts';
import { renderRunComparison, runComparisonCsv } from '../../report/run-comparison/comparison-tables.ts';
import { type AddCommand, type CommandContext, helpText } from '../command.ts';
import { printProblems } from '../print-problems.ts';
import { layoutOf, printJson } from '../terminal.ts';

interface Flags {
  readonly all?: true;
  readonly json?: true;
  readonly csv?: true;
}

export const addCompare: AddCommand = (program, context) => {
  program
    .command('compare [runs...]')
    .description(
      'runs side by side, what differed first: the others with the first; one with the latest; none: the last two',
    )
    .option('--all', 'every number that differs')
    .option('--json', 'print { runs, params, definition, circumstances, stages, metrics }')
    .addOption(new Option('--csv', 'print every parameter, circumstance and number as CSV').conflicts('json'))
    .addHelpText(
      'after',
      helpText({
        examples: [
          'pipeline compare',
          'pipeline compare best latest',
          'pipeline compare best latest~1 latest --all',
          'pipeline compare best latest --csv > compared.csv',
        ],
        exits: { 2: 'no such run' },
      }),
    )
    .action(async (runs: string[], flags: Flags) => {
      context.exit(await compare(runs, flags, context));
    });
};

async function compare(names: readonly string[], flags: Flags, { terminal }: CommandContext): Promise<number> {
  const compared = await compareRuns(named(names), { cwd: terminal.cwd });
  if (!compared.ok) return printProblems(terminal, compared.error, flags);
  if (flags.json === true) {
    printJson(terminal, compared.value);
  } else if (flags.csv === true) {
    terminal.stdout.write(runComparisonCsv(compared.value));
  } else {
    terminal.stdout.write(
      await renderRunComparison(compared.value, { ...layoutOf(terminal), all: flags.all === true }),
    );
  }
  return 0;
}

function named(names: readonly string[]): readonly string[] {
  const [only, ...others] = names;
  if (only === undefined) return ['latest~1', 'latest'];
  return others.length === 0 ? [only, 'latest'] : names;
}
