import { meanHalf } from '../../api/mean-half.ts';
import { markdownSummary } from '../../report/formats/markdown/summary.ts';
import { type AddCommand, type CommandContext, helpText } from '../command.ts';
import { findExported, printOrWrite } from '../exported.ts';
import { printProblems } from '../print-problems.ts';

interface Flags {
  readonly base?: string;
  readonly output?: string;
}

export const addExportMarkdown: AddCommand = (command, context) => {
  command
    .command('markdown [run]')
    .description('a summary of a run as GitHub-flavoured Markdown, for a pull request')
    .option('--base <run>', 'compare it with this run')
    .option('-o, --output <file>', 'write there in place of stdout')
    .addHelpText(
      'after',
      helpText({
        examples: [
          'pipeline export markdown >> "$GITHUB_STEP_SUMMARY"',
          'pipeline export markdown latest --base latest~1 -o summary.md',
        ],
        exits: { 2: 'no such run' },
      }),
    )
    .action(async (run: string | undefined, flags: Flags) => {
      context.exit(await exportMarkdown(run ?? 'latest', flags, context));
    });
};

async function exportMarkdown(run: string, flags: Flags, { terminal }: CommandContext): Promise<number> {
  const found = await findExported(terminal, [run, ...(flags.base === undefined ? [] : [flags.base])]);
  if (!found.ok) return printProblems(terminal, found.error);
  const [{ record }, base] = found.value;
  const text = markdownSummary(record, { half: meanHalf, ...(base === undefined ? {} : { base: base.record }) });
  return printOrWrite(terminal, text, flags.output);
}
