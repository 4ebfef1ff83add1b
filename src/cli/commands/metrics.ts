import { helpText, type AddCommand, type CommandContext } from '../command.ts';

interface Flags {
  readonly json?: true;
}

export const addMetrics: AddCommand = (program, context) => {
  program
    .command('metrics [run]')
    .description("print every metric of a run's stages; of the latest run, if none is named")
    .option('--json', 'print { run, stages: { <stage>: metrics } }')
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
  const { openRuns } = await import('../../api/runs.ts');
  const { printProblems } = await import('../print-problems.ts');
  const opened = await openRuns(terminal.cwd);
  if (!opened.ok) return printProblems(terminal, opened.error, flags);
  const run = await opened.value.find(name);
  if (!run.ok) return printProblems(terminal, [run.error], flags);
  const { layoutOf, printJson } = await import('../terminal.ts');
  if (flags.json === true) {
    const stages = run.value.stages.map((stage) => [stage.id, stage.metrics ?? {}]);
    printJson(terminal, { run: run.value.id, stages: Object.fromEntries(stages) as unknown });
  } else {
    const { renderMetrics } = await import('../../report/metrics-table.ts');
    terminal.stdout.write(await renderMetrics(run.value, layoutOf(terminal)));
  }
  return 0;
}
