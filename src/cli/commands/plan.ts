import { planPipeline } from '../../api/plan.ts';
import { renderPlan } from '../../report/plan-table.ts';
import { type AddCommand, type CommandContext, collect, helpText } from '../command.ts';
import { type PipelineFlags, addPipelineOptions, addRemoteOption, pipelineRequest } from '../pipeline-options.ts';
import { positiveInteger } from '../numbers.ts';
import { printProblems } from '../print-problems.ts';
import { layoutOf, printJson } from '../terminal.ts';

export type PlanFlags = PipelineFlags & {
  readonly force: readonly string[];
  readonly jobs?: number;
  readonly json?: true;
};

export const addPlan: AddCommand = (program, context) => {
  addRemoteOption(addPipelineOptions(program.command('plan <file> [stages...]')))
    .description(
      'tell what would run and why (the part of the key that changed, with its line in the YAML), and about how long it would take',
    )
    .option('--force <stage>', 'count the stage as changed; may be repeated', collect, [])
    .option('-j, --jobs <count>', 'stages at once, for the time that it would take', positiveInteger)
    .option('--json', 'print { stages: [{ stage, status, reason, changes, seconds, bytes, … }], expected, saved }')
    .addHelpText(
      'after',
      helpText({
        examples: [
          'pipeline plan pipelines/mnist-distill.yaml',
          'pipeline plan pipelines/mnist-distill.yaml --set temperature=8',
          'pipeline plan pipelines/mnist-distill.yaml train-student --json',
        ],
        exits: { 1: 'a stage cannot run, because a file that it reads is missing', 2: 'the pipeline has problems' },
      }),
    )
    .action(async (file: string, stages: string[], flags: PlanFlags) => {
      context.exit(await printPlan(file, stages, flags, context));
    });
};

/** Also what `run --dry-run` does. */
export async function printPlan(
  file: string,
  targets: readonly string[],
  flags: PlanFlags,
  { terminal }: CommandContext,
): Promise<number> {
  const plan = await planPipeline(file, {
    ...pipelineRequest(file, flags, terminal),
    targets,
    force: flags.force,
    ...(flags.jobs === undefined ? {} : { jobs: flags.jobs }),
  });
  if (!plan.ok) return printProblems(terminal, plan.error, flags);
  if (flags.json === true) {
    printJson(terminal, plan.value);
  } else {
    terminal.stdout.write(await renderPlan(plan.value, layoutOf(terminal)));
  }
  return plan.value.stages.some(({ status }) => status === 'blocked') ? 1 : 0;
}
