import { exportToCollector } from '../../api/export/otlp.ts';
import { otlpTrace } from '../../report/formats/otlp.ts';
import { type AddCommand, type CommandContext, helpText } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { findExported, printOrWrite } from '../exported.ts';
import { printProblems } from '../print-problems.ts';

interface Flags {
  readonly endpoint?: string;
  readonly output?: string;
}

export const addExportOtlp: AddCommand = (command, context) => {
  command
    .command('otlp [run]')
    .description('a run as an OpenTelemetry trace, a span for each stage that ran, as OTLP/JSON')
    .option('--endpoint <address>', 'send it to this collector, by HTTP, in place of printing it')
    .option('-o, --output <file>', 'write there in place of stdout')
    .addHelpText(
      'after',
      helpText({
        examples: [
          'pipeline export otlp -o trace.json',
          'pipeline export otlp latest --endpoint http://127.0.0.1:4318',
        ],
        exits: { 1: 'the collector does not answer, or refuses', 2: 'no such run' },
      }),
    )
    .action(async (run: string | undefined, flags: Flags) => {
      context.exit(await exportOtlp(run ?? 'latest', flags, context));
    });
};

async function exportOtlp(run: string, flags: Flags, { terminal }: CommandContext): Promise<number> {
  const found = await findExported(terminal, [run]);
  if (!found.ok) return printProblems(terminal, found.error);
  const [exported] = found.value;
  if (flags.endpoint === undefined) {
    return printOrWrite(terminal, `${JSON.stringify(otlpTrace(exported))}\n`, flags.output);
  }
  const sent = await exportToCollector(exported, flags.endpoint);
  if (!sent.ok) {
    const wrong = printProblems(terminal, [sent.error]);
    return sent.error.code === 'bad-flag' ? wrong : exitCodes.failed;
  }
  terminal.stdout.write(`${exported.record.id}: ${sent.value}\n`);
  return 0;
}
