import { openPipeline } from '../../api/open-pipeline.ts';
import { problemJson } from '../../report/problem-json.ts';
import { type AddCommand, type CommandContext, helpText } from '../command.ts';
import { type PipelineFlags, addPipelineOptions, pipelineRequest } from '../pipeline-options.ts';
import { printProblems } from '../print-problems.ts';
import { printJson } from '../terminal.ts';

type Flags = PipelineFlags & { readonly json?: true };

export const addValidate: AddCommand = (program, context) => {
  addPipelineOptions(program.command('validate <files...>'))
    .description('tell every problem of pipelines, each with its place; runs nothing')
    .option('--json', 'print { valid, files: [{ file, problems }] }')
    .addHelpText(
      'after',
      helpText({
        examples: ['pipeline validate pipelines/*.yaml', 'pipeline validate my.yaml --set epochs=20 --json'],
        exits: { 2: 'a pipeline has problems' },
      }),
    )
    .action(async (files: string[], flags: Flags) => {
      context.exit(await validate(files, flags, context));
    });
};

async function validate(files: readonly string[], flags: Flags, { terminal }: CommandContext): Promise<number> {
  const checked = [];
  for (const file of files) {
    const opened = await openPipeline(pipelineRequest(file, flags, terminal));
    checked.push({ file, problems: opened.ok ? [] : opened.error });
    if (flags.json === true) continue;
    if (opened.ok) terminal.stdout.write(`${file}: ${opened.value.spec.stages.length} stages, no problems\n`);
    else printProblems(terminal, opened.error);
  }
  const valid = checked.every(({ problems }) => problems.length === 0);
  if (flags.json === true) {
    printJson(terminal, {
      valid,
      files: checked.map(({ file, problems }) => ({ file, problems: problems.map(problemJson) })),
    });
  }
  return valid ? 0 : 2;
}
