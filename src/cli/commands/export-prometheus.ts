import { prometheusText } from '../../report/formats/prometheus.ts';
import { type AddCommand, helpText } from '../command.ts';
import { findExported, printOrWrite } from '../exported.ts';
import { printProblems } from '../print-problems.ts';

export const addExportPrometheus: AddCommand = (command, context) => {
  const { terminal } = context;
  command
    .command('prometheus [run]')
    .description("a run's figures in Prometheus' text format, for the textfile collector of its node exporter")
    .option('-o, --output <file>', 'write there in place of stdout, at once and as a whole')
    .addHelpText(
      'after',
      helpText({
        examples: ['pipeline export prometheus -o /var/lib/node_exporter/mnist-distill.prom'],
        exits: { 2: 'no such run' },
      }),
    )
    .action(async (run: string | undefined, { output }: { readonly output?: string }) => {
      const found = await findExported(terminal, [run ?? 'latest']);
      context.exit(
        found.ok
          ? await printOrWrite(terminal, prometheusText(found.value[0]), output)
          : printProblems(terminal, found.error),
      );
    });
};
