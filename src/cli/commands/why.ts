import { explainStages } from '../../api/why.ts';
import { renderWhy } from '../../report/why-text.ts';
import { type AddCommand, type CommandContext, helpText } from '../command.ts';
import { type PipelineFlags, addPipelineOptions, addRemoteOption, pipelineRequest } from '../pipeline-options.ts';
import { printProblems } from '../print-problems.ts';
import { layoutOf, printJson } from '../terminal.ts';

type Flags = PipelineFlags & { readonly json?: true };

export const addWhy: AddCommand = (program, context) => {
  addRemoteOption(addPipelineOptions(program.command('why <file> <stage>')))
    .description("tell a stage's key part by part, and what differs from the nearest earlier result")
    .option('--json', 'print { stage, status, key, preimage, nearest }; of a stage with variants a list')
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
  const explained = await explainStages(stage, pipelineRequest(file, flags, terminal));
  if (!explained.ok) return printProblems(terminal, explained.error, flags);
  const [first] = explained.value;
  if (flags.json === true) {
    printJson(terminal, first?.stage === stage ? first : explained.value);
  } else {
    const texts = explained.value.map((each) => renderWhy(each, layoutOf(terminal).style));
    terminal.stdout.write(texts.join('\n'));
  }
  return 0;
}
