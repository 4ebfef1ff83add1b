import { examine } from '../../api/doctor/examine.ts';
import { renderChecks } from '../../report/checks-text.ts';
import { type AddCommand, type CommandContext, helpText } from '../command.ts';
import { layoutOf, printJson } from '../terminal.ts';

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
  const checks = await examine(terminal.cwd);
  const ok = checks.every(({ status }) => status !== 'broken');
  if (flags.json === true) {
    printJson(terminal, { ok, checks });
  } else {
    terminal.stdout.write(renderChecks(checks, layoutOf(terminal).style));
  }
  return ok ? 0 : 1;
}
