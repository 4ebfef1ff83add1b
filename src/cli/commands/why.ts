import { helpText, type AddCommand, type CommandContext } from '../command.ts';
import { addPipelineOptions, pipelineRequest, type PipelineFlags } from '../pipeline-options.ts';

type Flags = PipelineFlags & { readonly json?: true };

export const addWhy: AddCommand = (program, context) => {
  addPipelineOptions(program.command('why <file> <stage>'))
    .description("tell a stage's key part by part, and what differs from the nearest earlier result")
    .option('--json', 'print { stage, status, key, preimage, nearest }')
    .addHelpText(
      'after',
      helpText({
        examples: [
          'pipeline why pipelines/mnist-distill.yaml train-student',
          'pipeline why pipelines/mnist-distill.yaml train-student --set temperature=8',
        ],
        exits: { 2: 'the pipeline has problems, or no such stage' },
      }),
    )
    .action(async (file: string, stage: string, flags: Flags) => {
      context.exit(await why(file, stage, flags, context));
    });
};

async function why(file: string, stage: string, flags: Flags, { terminal }: CommandContext): Promise<number> {
  const { explainStage } = await import('../../api/why.ts');
  const explained = await explainStage(stage, pipelineRequest(file, flags, terminal));
  if (!explained.ok) {
    const { printProblems } = await import('../print-problems.ts');
    return printProblems(terminal, explained.error, flags);
  }
  const { layoutOf, printJson } = await import('../terminal.ts');
  if (flags.json === true) {
    printJson(terminal, explained.value);
  } else {
    const { renderWhy } = await import('../../report/why-text.ts');
    terminal.stdout.write(renderWhy(explained.value, layoutOf(terminal).style));
  }
  return 0;
}
