import { collectGarbage } from '../../api/gc.ts';
import { collectRemoteGarbage } from '../../api/remote-gc.ts';
import { renderRemoteGc } from '../../report/remote-gc-text.ts';
import { renderGc } from '../../report/gc-text.ts';
import { type AddCommand, type CommandContext, helpText } from '../command.ts';
import { byteSize, duration } from '../numbers.ts';
import { printProblems } from '../print-problems.ts';
import { layoutOf, printJson } from '../terminal.ts';

interface Flags {
  readonly dryRun?: true;
  readonly remote?: true;
  readonly limit?: number;
  readonly grace?: number;
  readonly json?: true;
}

export const addGc: AddCommand = (program, context) => {
  program
    .command('gc')
    .description('make room in the store: what is nobody’s goes, and over the limit what is cheapest to make again')
    .option('--dry-run', 'only tell what would go and for whom')
    .option(
      '--limit <size>',
      'the store may have so much, as in 10GiB; the project file’s, 20GiB if it says none',
      byteSize,
    )
    .option('--grace <age>', 'leave what is younger, as in 30m, 2h, 1d (default: 1h)', duration)
    .option(
      '--remote',
      'in the remote in place of the store: what no result names, and with --limit what is cheapest to make again (--grace: 2d)',
    )
    .option('--json', 'print { victims, kept, bytesBefore, bytesAfter, limit, runs, … }')
    .addHelpText(
      'after',
      helpText({
        examples: [
          'pipeline gc --dry-run',
          'pipeline gc',
          'pipeline gc --limit 5GiB --grace 1d',
          'pipeline gc --remote --dry-run',
        ],
        exits: { 2: 'the project file or the command line is wrong, or the store cannot be used' },
      }),
    )
    .action(async (flags: Flags) => {
      context.exit(await gc(flags, context));
    });
};

async function gc(flags: Flags, { terminal }: CommandContext): Promise<number> {
  const { dryRun = false, limit, grace } = flags;
  const rules = { ...(limit === undefined ? {} : { limit }), ...(grace === undefined ? {} : { grace }) };
  if (flags.remote === true) {
    const collected = await collectRemoteGarbage({ cwd: terminal.cwd, dryRun, ...rules });
    if (!collected.ok) return printProblems(terminal, collected.error, flags);
    if (flags.json === true) printJson(terminal, collected.value);
    else terminal.stdout.write(renderRemoteGc(collected.value));
    return 0;
  }
  const report = await collectGarbage({
    cwd: terminal.cwd,
    dryRun,
    ...rules,
    onWaiting: (holder) => void terminal.stderr.write(`waiting for another gc of this store: ${holder}\n`),
  });
  if (!report.ok) return printProblems(terminal, report.error, flags);
  if (flags.json === true) printJson(terminal, report.value);
  else terminal.stdout.write(await renderGc(report.value, layoutOf(terminal)));
  return 0;
}
