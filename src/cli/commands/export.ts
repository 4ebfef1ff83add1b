import { type AddCommand, helpText } from '../command.ts';
import { addExportMarkdown } from './export-markdown.ts';
import { addExportMlflow } from './export-mlflow.ts';
import { addExportOtlp } from './export-otlp.ts';
import { addExportPrometheus } from './export-prometheus.ts';
import { addExportTensorboard } from './export-tensorboard.ts';

export const addExport: AddCommand = (program, context) => {
  const command = program
    .command('export')
    .description("give runs to other programs, in these programs' formats")
    .addHelpText(
      'after',
      helpText({
        examples: ['pipeline export markdown --base latest~1', 'pipeline export tensorboard latest -o tensorboard'],
        exits: { 2: 'no such run' },
      }),
    );
  addExportMarkdown(command, context);
  addExportTensorboard(command, context);
  addExportMlflow(command, context);
  addExportPrometheus(command, context);
  addExportOtlp(command, context);
};
