import { openRuns } from '../../api/runs.ts';
import { type AddCommand, type CommandContext, helpText } from '../command.ts';
import { printProblems } from '../print-problems.ts';
import { layoutOf } from '../terminal.ts';

export const addLogs: AddCommand = (program, context) => {
  program
    .command('logs <run> <stage>')
    .description('print what a stage printed in a run')
    .addHelpText(
      'after',
      helpText({
        examples: ['pipeline logs latest train-student', 'pipeline logs 20261124-142233-k3f9 train-teacher'],
        exits: { 2: 'no such run or stage' },
      }),
    )
    .action(async (run: string, stage: string) => {
      context.exit(await logs(run, stage, context));
    });
};

async function logs(name: string, stage: string, { terminal }: CommandContext): Promise<number> {
  const opened = await openRuns(terminal.cwd);
  if (!opened.ok) return printProblems(terminal, opened.error);
  const log = await opened.value.log(name, stage);
  if (!log.ok) return printProblems(terminal, [log.error]);
  const { style } = layoutOf(terminal);
  for (const { stage: id, text } of log.value)
    terminal.stdout.write(id === stage ? text : `${style.heading(id)}\n${text}`);
  return 0;
}
