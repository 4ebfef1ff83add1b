import { helpText, type AddCommand, type CommandContext } from '../command.ts';

interface Flags {
  readonly json?: true;
}

export const addStages: AddCommand = (program, context) => {
  program
    .command('stages [type]')
    .description('list the stage types; of one, its slots and options')
    .option('--json', 'print { name, description, slots, output, determinism, schema }, or a list of these')
    .addHelpText(
      'after',
      helpText({ examples: ['pipeline stages', 'pipeline stages train-student'], exits: { 2: 'no such stage type' } }),
    )
    .action(async (type: string | undefined, flags: Flags) => {
      context.exit(await stages(type, flags, context));
    });
};

async function stages(name: string | undefined, flags: Flags, { terminal }: CommandContext): Promise<number> {
  const { describeStageTypes, findStageType } = await import('../../api/stage-types.ts');
  const { layoutOf, printJson } = await import('../terminal.ts');
  const { renderStageType, renderStageTypes } = await import('../../report/stage-types-text.ts');
  if (name === undefined) {
    const types = describeStageTypes();
    if (flags.json === true) printJson(terminal, types);
    else terminal.stdout.write(await renderStageTypes(types, layoutOf(terminal)));
    return 0;
  }
  const type = findStageType(name);
  if (!type.ok) {
    const { printProblems } = await import('../print-problems.ts');
    return printProblems(terminal, [type.error], flags);
  }
  if (flags.json === true) printJson(terminal, type.value);
  else terminal.stdout.write(await renderStageType(type.value, layoutOf(terminal)));
  return 0;
}
