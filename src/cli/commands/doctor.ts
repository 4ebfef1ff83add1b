import { helpText, type AddCommand, type CommandContext } from '../command.ts';

interface Flags {
  readonly json?: true;
}

export const addDoctor: AddCommand = (program, context) => {
  program
    .command('doctor')
    .description('tell which backends load and which do not, why, and the one command that repairs it')
    .option('--json', 'print { ok, checks: [{ name, status, found, remedy }] }')
    .addHelpText(
      'after',
      helpText({
        examples: ['pipeline doctor', 'pipeline doctor --json'],
        exits: { 1: 'pipelines cannot run here: the remedy is told' },
      }),
    )
    .action(async (flags: Flags) => {
      context.exit(await doctor(flags, context));
    });
};

async function doctor(flags: Flags, { terminal }: CommandContext): Promise<number> {
  const { examine } = await import('../../api/doctor/examine.ts');
  const { layoutOf, printJson } = await import('../terminal.ts');
  const checks = await examine(terminal.cwd);
  const ok = checks.every(({ status }) => status !== 'broken');
  if (flags.json === true) {
    printJson(terminal, { ok, checks });
  } else {
    const { renderChecks } = await import('../../report/checks-text.ts');
    terminal.stdout.write(renderChecks(checks, layoutOf(terminal).style));
  }
  return ok ? 0 : 1;
}
