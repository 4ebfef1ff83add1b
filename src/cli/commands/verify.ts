import { verifyProjectRemote } from '../../api/remote-verify.ts';
import { renderRemoteVerify } from '../../report/remote-verify-text.ts';
import { verifyProjectStore } from '../../api/verify.ts';
import { formatBytes } from '../../report/format.ts';
import { renderVerify } from '../../report/verify-text.ts';
import { type AddCommand, type CommandContext, helpText } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { printProblems } from '../print-problems.ts';
import { layoutOf, printJson, type Terminal } from '../terminal.ts';

interface Flags {
  readonly repair?: true;
  readonly remote?: true;
  readonly json?: true;
}

export const addVerify: AddCommand = (program, context) => {
  program
    .command('verify')
    .description('read everything in the store, and tell what is damaged and whose it was')
    .option('--repair', 'take damaged things away, so that the next run makes them again')
    .option('--remote', 'read the remote in place of the store: every record, and every object that one names')
    .option('--json', 'print { damages: [{ what, path, message, owners, repaired }], objects, records, bytes, … }')
    .addHelpText(
      'after',
      helpText({
        examples: ['pipeline verify', 'pipeline verify --repair', 'pipeline verify --remote'],
        exits: { 1: 'something is damaged, and was not taken away', 2: 'the store cannot be used' },
      }),
    )
    .action(async (flags: Flags) => {
      context.exit(await verify(flags, context));
    });
};

async function verify(flags: Flags, { terminal }: CommandContext): Promise<number> {
  const repair = flags.repair === true;
  if (flags.remote === true) {
    const verified = await verifyProjectRemote({ cwd: terminal.cwd, repair });
    if (!verified.ok) return printProblems(terminal, verified.error, flags);
    if (flags.json === true) printJson(terminal, verified.value);
    else terminal.stdout.write(renderRemoteVerify(verified.value, layoutOf(terminal).style));
    return verified.value.damages.every(({ repaired }) => repaired) ? exitCodes.done : exitCodes.failed;
  }
  const progress = progressOn(terminal);
  const report = await verifyProjectStore({ cwd: terminal.cwd, repair, onProgress: progress.show });
  progress.clear();
  if (!report.ok) return printProblems(terminal, report.error, flags);
  if (flags.json === true) printJson(terminal, report.value);
  else terminal.stdout.write(renderVerify(report.value, { style: layoutOf(terminal).style, repair }));
  return report.value.damages.every(({ repaired }) => repaired) ? exitCodes.done : exitCodes.failed;
}

/** One line on a terminal, written anew a few times a second; nothing elsewhere. */
function progressOn({ stderr }: Terminal): {
  readonly show: (done: number, total: number) => void;
  readonly clear: () => void;
} {
  let shownAt = performance.now();
  let isShown = false;
  return {
    show(done, total) {
      if (stderr.isTTY !== true || performance.now() - shownAt < 200) return;
      shownAt = performance.now();
      isShown = true;
      stderr.write(`\r\u001b[Kread ${formatBytes(done)} of ${formatBytes(total)}`);
    },
    clear() {
      if (isShown) stderr.write('\r\u001b[K');
    },
  };
}
