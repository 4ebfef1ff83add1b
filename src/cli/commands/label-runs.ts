import { openRuns, type Runs } from '../../api/runs.ts';
import type { Result } from '../../base/result.ts';
import { listed } from '../../diagnostics/nearest.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import { type AddCommand, type CommandContext, helpText } from '../command.ts';
import { printProblems } from '../print-problems.ts';

/** What a person says of runs: which to keep, and what to call them. */
export const addLabelCommands: AddCommand = (command, context) => {
  for (const add of [addPin, addUnpin, addName, addUnname, addTag, addUntag]) add(command, context);
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

const addName: AddCommand = (command, context) => {
  command
    .command('name <run> <name>')
    .description("call a run so in place of its id; a name is one run's")
    .addHelpText(
      'after',
      helpText({ examples: ['pipeline runs name latest first', 'pipeline metrics first'], exits: noSuchRun }),
    )
    .action(async (run: string, name: string) => {
      context.exit(
        await change(
          context,
          (opened) => opened.name(run, name),
          (id) => `${id} is ${name}`,
        ),
      );
    });
};

const addUnname: AddCommand = (command, context) => {
  command
    .command('unname <run>')
    .description("take a run's name from it")
    .addHelpText('after', helpText({ examples: ['pipeline runs unname first'], exits: noSuchRun }))
    .action(async (run: string) => {
      context.exit(
        await change(
          context,
          (opened) => opened.unname(run),
          (id) => `${id} has no name`,
        ),
      );
    });
};

const addTag: AddCommand = (command, context) => {
  command
    .command('tag <run> <tags...>')
    .description('give a run tags: runs can be listed by them, and the newest that has one is called by it')
    .addHelpText(
      'after',
      helpText({ examples: ['pipeline runs tag latest paper', 'pipeline runs --tag paper'], exits: noSuchRun }),
    )
    .action(async (run: string, tags: string[]) => {
      context.exit(
        await change(
          context,
          (opened) => opened.tag(run, tags),
          (id) => `${id} is tagged ${listed(tags)}`,
        ),
      );
    });
};

const addUntag: AddCommand = (command, context) => {
  command
    .command('untag <run> <tags...>')
    .description('take tags from a run')
    .addHelpText(
      'after',
      helpText({ examples: ['pipeline runs untag latest paper'], exits: { 2: 'no such run, or it has not the tag' } }),
    )
    .action(async (run: string, tags: string[]) => {
      context.exit(
        await change(
          context,
          (opened) => opened.untag(run, tags),
          (id) => `${id} is no longer tagged ${listed(tags)}`,
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
