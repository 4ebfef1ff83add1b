import { readSchema, schemaNames } from '../../api/schemas.ts';
import { type AddCommand, type CommandContext, helpText } from '../command.ts';
import { printProblems } from '../print-problems.ts';

interface Flags {
  readonly json?: true;
}

export const addSchema: AddCommand = (program, context) => {
  program
    .command('schema [name]')
    .description('print a JSON Schema, for an editor; without a name, the names')
    .option('--json', 'without a name: print the names as a list')
    .addHelpText(
      'after',
      helpText({
        examples: [
          'pipeline schema',
          'pipeline schema editor/pipeline > pipeline.schema.json',
          'pipeline schema stages/evaluate',
        ],
        exits: { 2: 'no such schema, or a plugin has problems' },
      }),
    )
    .action(async (name: string | undefined, flags: Flags) => {
      context.exit(await schema(name, flags, context));
    });
};

async function schema(name: string | undefined, flags: Flags, { terminal }: CommandContext): Promise<number> {
  if (name === undefined) {
    const names = await schemaNames(terminal.cwd);
    if (!names.ok) return printProblems(terminal, names.error, flags);
    terminal.stdout.write(flags.json === true ? `${JSON.stringify(names.value)}\n` : `${names.value.join('\n')}\n`);
    return 0;
  }
  const text = await readSchema(name, terminal.cwd);
  if (!text.ok) return printProblems(terminal, text.error, flags);
  terminal.stdout.write(text.value);
  return 0;
}
