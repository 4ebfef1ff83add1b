import { helpText, type AddCommand, type CommandContext } from '../command.ts';
import { addPipelineOptions, pipelineRequest, type PipelineFlags } from '../pipeline-options.ts';
import { collect } from '../command.ts';

export type PlanFlags = PipelineFlags & { readonly force: readonly string[]; readonly json?: true };

export const addPlan: AddCommand = (program, context) => {
  addPipelineOptions(program.command('plan <file> [stages...]'))
    .description('tell what would run and why: the part of the key that changed, with its line in the YAML')
    .option('--force <stage>', 'count the stage as changed; may be repeated', collect, [])
    .option('--json', 'print the plan as a list of { stage, status, reason, changes, … }')
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
  const { planPipeline } = await import('../../api/plan.ts');
  const plan = await planPipeline(file, { ...pipelineRequest(file, flags, terminal), targets, force: flags.force });
  if (!plan.ok) {
    const { printProblems } = await import('../print-problems.ts');
    return printProblems(terminal, plan.error, flags);
  }
  const { layoutOf, printJson } = await import('../terminal.ts');
  if (flags.json === true) {
    printJson(terminal, plan.value);
  } else {
    const { renderPlan } = await import('../../report/plan-table.ts');
    terminal.stdout.write(await renderPlan(plan.value, layoutOf(terminal)));
  }
  return plan.value.some(({ status }) => status === 'blocked') ? 1 : 0;
}
