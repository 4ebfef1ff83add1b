import { exportToMlflow, mlflowServer, type MlflowExport } from '../../api/export/mlflow.ts';
import { type AddCommand, type CommandContext, helpText } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { findExported } from '../exported.ts';
import { printProblems } from '../print-problems.ts';
import { printJson } from '../terminal.ts';

interface Flags {
  readonly uri?: string;
  readonly experiment?: string;
  readonly json?: true;
}

export const addExportMlflow: AddCommand = (command, context) => {
  command
    .command('mlflow [runs...]')
    .description('runs to an MLflow server; the latest one, if none is named')
    .option('--uri <address>', "the server's; MLFLOW_TRACKING_URI, if absent")
    .option('--experiment <name>', "MLFLOW_EXPERIMENT_NAME, if absent, or the pipeline's name")
    .option('--json', 'print [{ run, mlflowRun, url, wasThere, note }]')
    .addHelpText(
      'after',
      helpText({
        examples: [
          'pipeline export mlflow --uri http://127.0.0.1:5000',
          'pipeline export mlflow latest latest~1 --experiment students',
        ],
        exits: { 1: 'the server does not answer, or refuses', 2: 'no such run, or no address' },
      }),
    )
    .action(async (runs: readonly string[], flags: Flags) => {
      context.exit(await exportMlflow(runs, flags, context));
    });
};

async function exportMlflow(runs: readonly string[], flags: Flags, { terminal }: CommandContext): Promise<number> {
  const { env } = terminal;
  const uri = flags.uri ?? env['MLFLOW_TRACKING_URI'];
  if (uri === undefined) {
    const message = 'no MLflow server is named: neither --uri nor MLFLOW_TRACKING_URI';
    return printProblems(terminal, [{ code: 'bad-flag', message, hint: '--uri http://127.0.0.1:5000' }], flags);
  }
  const server = mlflowServer(uri, env);
  if (!server.ok) return printProblems(terminal, [server.error], flags);
  const found = await findExported(terminal, runs);
  if (!found.ok) return printProblems(terminal, found.error, flags);
  const experiment = flags.experiment ?? env['MLFLOW_EXPERIMENT_NAME'];
  const told: MlflowExport[] = [];
  for (const run of found.value) {
    const sent = await exportToMlflow(run, {
      server: server.value,
      ...(experiment === undefined ? {} : { experiment }),
    });
    if (!sent.ok) {
      printProblems(terminal, [sent.error], flags);
      return exitCodes.failed;
    }
    told.push(sent.value);
    if (flags.json !== true) terminal.stdout.write(toldLine(sent.value));
  }
  if (flags.json === true) printJson(terminal, told);
  return 0;
}

function toldLine({ run, url, wasThere, note }: MlflowExport): string {
  const more = [wasThere ? ' (there already)' : '', note === undefined ? '' : `\n  ${note}`];
  return `${run}: ${url}${more.join('')}\n`;
}
