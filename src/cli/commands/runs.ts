import { openRuns, type Runs } from '../../api/runs.ts';
import type { Result } from '../../base/result.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import { renderRuns } from '../../report/runs-table.ts';
import { type AddCommand, type CommandContext, helpText } from '../command.ts';
import { positiveInteger } from '../numbers.ts';
import { printProblems } from '../print-problems.ts';
import { layoutOf, printJson } from '../terminal.ts';

interface Flags {
  readonly limit: number;
  readonly json?: true;
}

export const addRuns: AddCommand = (program, context) => {
  const command = program
    .command('runs')
    .description('list the runs of this project, newest first; pin and unpin them')
    .option('-n, --limit <count>', 'so many at most', positiveInteger, 20)
    .option('--json', 'print the list with all that is known of each run in short')
    .addHelpText(
      'after',
      helpText({ examples: ['pipeline runs', 'pipeline runs -n 3 --json', 'pipeline runs pin latest --name best'] }),
    )
    .action(async (flags: Flags) => {
      context.exit(await runs(flags, context));
    });
  addPin(command, context);
  addUnpin(command, context);
};

const noSuchRun = { 2: 'no such run' };

const addPin: AddCommand = (command, context) => {
  command
    .command('pin <run>')
    .description('have gc keep what the stages of a run made')
    .option('--name <name>', 'call it so, as in: pipeline get best train-student -o student')
    .addHelpText(
      'after',
      helpText({ examples: ['pipeline runs pin latest', 'pipeline runs pin 20261124 --name best'], exits: noSuchRun }),
    )
    .action(async (run: string, { name }: { name?: string }) => {
      context.exit(
        await change(
          context,
          (opened) => opened.pin(run, name),
          (pin) => `pinned: ${pin.run}`,
        ),
      );
    });
};

const addUnpin: AddCommand = (command, context) => {
  command
    .command('unpin <run>')
    .description('let gc take what the stages of a run made, if nothing else needs it')
    .addHelpText('after', helpText({ examples: ['pipeline runs unpin best'], exits: noSuchRun }))
    .action(async (run: string) => {
      context.exit(
        await change(
          context,
          (opened) => opened.unpin(run),
          (id) => `unpinned: ${id}`,
        ),
      );
    });
};

async function change<T>(
  { terminal }: CommandContext,
  act: (runs: Runs) => Promise<Result<T, Problem>>,
  told: (value: T) => string,
): Promise<number> {
  const opened = await openRuns(terminal.cwd);
  if (!opened.ok) return printProblems(terminal, opened.error);
  const changed = await act(opened.value);
  if (!changed.ok) return printProblems(terminal, [changed.error]);
  terminal.stdout.write(`${told(changed.value)}\n`);
  return 0;
}

async function runs(flags: Flags, { terminal }: CommandContext): Promise<number> {
  const opened = await openRuns(terminal.cwd);
  if (!opened.ok) return printProblems(terminal, opened.error, flags);
  const list = (await opened.value.list()).slice(0, flags.limit);
  if (flags.json === true) {
    printJson(terminal, list);
  } else {
    terminal.stdout.write(await renderRuns(list, layoutOf(terminal)));
  }
  return 0;
}
