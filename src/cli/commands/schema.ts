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
          'pipeline schema pipeline > pipeline.schema.json',
          'pipeline schema stages/evaluate',
        ],
        exits: { 2: 'no such schema' },
      }),
    )
    .action(async (name: string | undefined, flags: Flags) => {
      context.exit(await schema(name, flags, context));
    });
};

async function schema(name: string | undefined, flags: Flags, { terminal }: CommandContext): Promise<number> {
  if (name === undefined) {
    const names = await schemaNames();
    terminal.stdout.write(flags.json === true ? `${JSON.stringify(names)}\n` : `${names.join('\n')}\n`);
    return 0;
  }
  const text = await readSchema(name);
  if (!text.ok) return printProblems(terminal, [text.error], flags);
  terminal.stdout.write(text.value);
  return 0;
}
