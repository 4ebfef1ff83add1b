import { explainLosses } from '../../api/explain-losses.ts';
import { renderLosses } from '../../report/losses-text.ts';
import { type AddCommand, type CommandContext, helpText } from '../command.ts';
import { type PipelineFlags, addPipelineOptions, pipelineRequest } from '../pipeline-options.ts';
import { printProblems } from '../print-problems.ts';
import { layoutOf, printJson } from '../terminal.ts';

type Flags = PipelineFlags & { readonly json?: true };

export const addExplain: AddCommand = (program, context) => {
  addPipelineOptions(program.command('explain <file> [stages...]'))
    .description('write the loss of each training as a formula with its numbers, and how much each term counted')
    .option('--json', 'print a list of { stage, type, method, terms, where, shares }')
    .addHelpText(
      'after',
      helpText({
        examples: [
          'pipeline explain pipelines/mnist-distill.yaml',
          'pipeline explain pipelines/mnist-distill.yaml train-student --set temperature=8',
        ],
        exits: { 2: 'the pipeline has problems, or no such stage' },
      }),
    )
    .action(async (file: string, stages: string[], flags: Flags) => {
      context.exit(await explain(file, stages, flags, context));
    });
};

async function explain(
  file: string,
  stages: readonly string[],
  flags: Flags,
  { terminal }: CommandContext,
): Promise<number> {
  const explained = await explainLosses(stages, pipelineRequest(file, flags, terminal));
  if (!explained.ok) return printProblems(terminal, explained.error, flags);
  if (flags.json === true) printJson(terminal, explained.value);
  else terminal.stdout.write(renderLosses(explained.value, layoutOf(terminal).style));
  return 0;
}
