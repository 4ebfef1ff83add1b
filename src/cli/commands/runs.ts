import { Option } from 'commander';
import type { RunQuery } from '../../api/run-query.ts';
import { openRuns } from '../../api/runs.ts';
import { renderRuns, runsCsv } from '../../report/runs-table.ts';
import { type AddCommand, type CommandContext, collect, helpText } from '../command.ts';
import { pastTime, positiveInteger } from '../numbers.ts';
import { printProblems } from '../print-problems.ts';
import { layoutOf, printJson } from '../terminal.ts';
import { addLabelCommands } from './label-runs.ts';

interface Flags {
  readonly status?: readonly string[];
  readonly pipeline: readonly string[];
  readonly tag: readonly string[];
  readonly since?: number;
  readonly columns?: readonly string[];
  readonly sort?: string;
  readonly limit: number;
  readonly json?: true;
  readonly csv?: true;
}

export const addRuns: AddCommand = (program, context) => {
  const command = program
    .command('runs')
    .description('list the runs of this project, newest first; pin, name and tag them')
    .addOption(new Option('--status <status...>', 'only runs that ended so, or still run').choices(statuses))
    .option('--pipeline <name>', 'only runs of the pipeline, by its name or its file; may be repeated', collect, [])
    .option('--tag <tag>', 'only runs with the tag; may be repeated, for runs with all of them', collect, [])
    .option('--since <time>', 'only runs begun since then: 2h, 3d, 2026-11-24 (UTC)', pastTime)
    .option('-c, --columns <values...>', 'add columns: temperature, student.test.accuracy, all in full where needed')
    .option('--sort <column>', 'by started, time, pipeline, status or a value; -time for the longest first')
    .option('-n, --limit <count>', 'so many at most', positiveInteger, 20)
    .option('--json', 'print the list with all that is known of each run in short')
    .addOption(new Option('--csv', 'print the list as CSV, numbers in full').conflicts('json'))
    .addHelpText(
      'after',
      helpText({
        examples: [
          'pipeline runs',
          'pipeline runs --status failed interrupted --since 2d',
          'pipeline runs -c temperature student.validation.accuracy --sort -student.validation.accuracy',
          'pipeline runs -n 3 --json',
          'pipeline runs --tag paper --csv > runs.csv',
          'pipeline runs pin latest --name best',
        ],
        exits: { 2: 'no run has a value that was asked for' },
      }),
    )
    .action(async (flags: Flags) => {
      context.exit(await runs(flags, context));
    });
  addLabelCommands(command, context);
};

const statuses = ['succeeded', 'failed', 'gate-missed', 'cancelled', 'interrupted', 'running', 'damaged'];

async function runs(flags: Flags, { terminal }: CommandContext): Promise<number> {
  const opened = await openRuns(terminal.cwd);
  if (!opened.ok) return printProblems(terminal, opened.error, flags);
  const found = await opened.value.query(queryOf(flags));
  if (!found.ok) return printProblems(terminal, [found.error], flags);
  const { runs: list, columns, total } = found.value;
  if (flags.json === true) {
    printJson(terminal, list);
  } else if (flags.csv === true) {
    terminal.stdout.write(runsCsv(list, columns));
  } else {
    const isAll = queryOf(flags).isAll;
    terminal.stdout.write(await renderRuns(list, { ...layoutOf(terminal), columns, total, isAll }));
  }
  return 0;
}

/** `isAll` where nothing is left out by what it is. */
function queryOf(flags: Flags): RunQuery & { readonly isAll: boolean } {
  const { status: statuses = [], pipeline: pipelines, tag: tags, since, columns = [], sort, limit } = flags;
  return {
    ...{ statuses, pipelines, tags, columns, limit },
    ...(since === undefined ? {} : { since }),
    ...(sort === undefined ? {} : { sort }),
    isAll: [...statuses, ...pipelines, ...tags].length === 0 && since === undefined,
  };
}
