import { describeStageTypes, findStageType } from '../../api/stage-types.ts';
import { renderStageType, renderStageTypes } from '../../report/stage-types-text.ts';
import { type AddCommand, type CommandContext, helpText } from '../command.ts';
import { printProblems } from '../print-problems.ts';
import { layoutOf, printJson } from '../terminal.ts';

interface Flags {
  readonly json?: true;
}

export const addStages: AddCommand = (program, context) => {
  program
    .command('stages [type]')
    .description('list the stage types, those of plugins too; of one, its slots and options')
    .option('--json', 'print { name, description, slots, output, determinism, schema }, or a list of these')
    .addHelpText(
      'after',
      helpText({
        examples: ['pipeline stages', 'pipeline stages train-student'],
        exits: { 2: 'no such stage type, or a plugin has problems' },
      }),
    )
    .action(async (type: string | undefined, flags: Flags) => {
      context.exit(await stages(type, flags, context));
    });
};

async function stages(name: string | undefined, flags: Flags, { terminal }: CommandContext): Promise<number> {
  if (name === undefined) {
    const types = await describeStageTypes(terminal.cwd);
    if (!types.ok) return printProblems(terminal, types.error, flags);
    if (flags.json === true) printJson(terminal, types.value);
    else terminal.stdout.write(await renderStageTypes(types.value, layoutOf(terminal)));
    return 0;
  }
  const type = await findStageType(name, terminal.cwd);
  if (!type.ok) return printProblems(terminal, type.error, flags);
  if (flags.json === true) printJson(terminal, type.value);
  else terminal.stdout.write(await renderStageType(type.value, layoutOf(terminal)));
  return 0;
}
