import { writeReport } from '../../api/report/write-report.ts';
import { counted, formatBytes } from '../../report/format.ts';
import { type AddCommand, type CommandContext, helpText } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { printProblems } from '../print-problems.ts';
import { printJson } from '../terminal.ts';

interface Flags {
  readonly output: string;
  readonly force?: true;
  readonly json?: true;
}

export const addReport: AddCommand = (program, context) => {
  program
    .command('report [runs...]')
    .description('write runs as one HTML file with charts, that opens without a network; the latest, if none is named')
    .option('-o, --output <file>', 'where to; an earlier report is replaced', 'report.html')
    .option('--force', 'overwrite a file that is no report')
    .option('--json', 'print { file, bytes, runs }')
    .addHelpText(
      'after',
      helpText({
        examples: ['pipeline report', 'pipeline report 20261124 -o out/report.html', 'pipeline report latest latest~1'],
        exits: { 1: 'a file that is no report is there; nothing was written', 2: 'no such run' },
      }),
    )
    .action(async (runs: readonly string[], flags: Flags) => {
      context.exit(await report(runs.length === 0 ? ['latest'] : runs, flags, context));
    });
};

async function report(runs: readonly string[], flags: Flags, { terminal }: CommandContext): Promise<number> {
  const { output: file, force = false } = flags;
  const written = await writeReport(terminal.cwd, runs, { file, force });
  if (!written.ok) {
    const wrong = printProblems(terminal, written.error, flags);
    return written.error.every(({ code }) => code === 'would-overwrite') ? exitCodes.failed : wrong;
  }
  if (flags.json === true) printJson(terminal, written.value);
  else
    terminal.stdout.write(
      `${file}: ${counted(written.value.runs.length, 'run')}, ${formatBytes(written.value.bytes)}\n`,
    );
  return 0;
}
