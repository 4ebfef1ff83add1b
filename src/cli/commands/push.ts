import { pushResults } from '../../api/push.ts';
import { renderTransfer } from '../../report/transfer-text.ts';
import { type AddCommand, type CommandContext, helpText } from '../command.ts';
import { exitCodeOf, exitCodes } from '../exit-codes.ts';
import { printProblems } from '../print-problems.ts';
import { cancelOnSignal } from '../signals.ts';
import { layoutOf, printJson } from '../terminal.ts';

interface Flags {
  readonly all?: true;
  readonly json?: true;
}

export const addPush: AddCommand = (program, context) => {
  program
    .command('push [run]')
    .description("bring a run's results to the project's remote: those of the latest run, if none is named")
    .option('--all', 'every result that the store holds')
    .option('--json', 'print { remote, run, results: [{ stage, key, outcome }], bytes }')
    .addHelpText(
      'after',
      helpText({
        examples: ['pipeline push', 'pipeline push latest~1', 'pipeline push --all'],
        exits: { 1: 'a result was not there to be sent', 2: 'no such run, or the remote cannot be used' },
      }),
    )
    .action(async (run: string | undefined, flags: Flags) => {
      context.exit(await push(run, flags, context));
    });
};

async function push(run: string | undefined, flags: Flags, { terminal }: CommandContext): Promise<number> {
  const cancel = cancelOnSignal(() => undefined);
  try {
    const { signal } = cancel;
    const more = { ...(run === undefined ? {} : { run }), all: flags.all === true };
    const report = await pushResults({ cwd: terminal.cwd, signal, ...more });
    if (!report.ok) return printProblems(terminal, report.error, flags);
    if (flags.json === true) printJson(terminal, report.value);
    else terminal.stdout.write(renderTransfer(report.value, { way: 'push', style: layoutOf(terminal).style }));
    return report.value.results.some(({ outcome }) => outcome === 'absent') ? exitCodes.failed : exitCodes.done;
  } catch (error) {
    if (cancel.received === undefined) throw error;
    return exitCodeOf(cancel.received);
  } finally {
    cancel.stop();
  }
}
