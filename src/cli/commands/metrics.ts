import { Option } from 'commander';
import { keptLatencies } from '../../api/latency/kept.ts';
import { runCurves } from '../../api/learning-curves.ts';
import { openRuns } from '../../api/runs.ts';
import { metricsCsv, renderMetrics } from '../../report/metrics-table.ts';
import { type AddCommand, type CommandContext, helpText } from '../command.ts';
import { printProblems } from '../print-problems.ts';
import { layoutOf, printJson } from '../terminal.ts';

interface Flags {
  readonly json?: true;
  readonly csv?: true;
}

export const addMetrics: AddCommand = (program, context) => {
  program
    .command('metrics [run]')
    .description(
      "print every metric of a run's stages, and its trainings by epoch; of the latest run, if none is named",
    )
    .option('--json', 'print { run, stages: { <stage>: metrics } }')
    .addOption(new Option('--csv', 'print a line for each number as CSV, in full').conflicts('json'))
    .addHelpText(
      'after',
      helpText({
        examples: ['pipeline metrics', 'pipeline metrics latest~1', 'pipeline metrics 20261124 --json'],
        exits: { 2: 'no such run' },
      }),
    )
    .action(async (run: string | undefined, flags: Flags) => {
      context.exit(await metrics(run ?? 'latest', flags, context));
    });
};

async function metrics(name: string, flags: Flags, { terminal }: CommandContext): Promise<number> {
  const opened = await openRuns(terminal.cwd);
  if (!opened.ok) return printProblems(terminal, opened.error, flags);
  const run = await opened.value.find(name);
  if (!run.ok) return printProblems(terminal, [run.error], flags);
  const latencies = await keptLatencies(terminal.cwd, run.value.id);
  if (!latencies.ok) return printProblems(terminal, latencies.error, flags);
  if (flags.json === true) {
    const stages = run.value.stages.map((stage) => [stage.id, stage.metrics ?? {}]);
    const measured = latencies.value.length === 0 ? {} : { latencies: latencies.value };
    printJson(terminal, { run: run.value.id, stages: Object.fromEntries(stages) as unknown, ...measured });
  } else if (flags.csv === true) {
    terminal.stdout.write(metricsCsv(run.value));
  } else {
    const curves = await runCurves(run.value, terminal.cwd);
    if (!curves.ok) return printProblems(terminal, curves.error);
    const told = { ...layoutOf(terminal), latencies: latencies.value, curves: curves.value };
    terminal.stdout.write(await renderMetrics(run.value, told));
  }
  return 0;
}
