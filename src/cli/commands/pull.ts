import { extname } from 'node:path';
import { pullPipeline, pullRun } from '../../api/pull.ts';
import { renderTransfer } from '../../report/transfer-text.ts';
import { type AddCommand, type CommandContext, helpText } from '../command.ts';
import { exitCodeOf, exitCodes } from '../exit-codes.ts';
import { type PipelineFlags, addPipelineOptions, pipelineRequest } from '../pipeline-options.ts';
import { printProblems } from '../print-problems.ts';
import { cancelOnSignal } from '../signals.ts';
import { layoutOf, printJson } from '../terminal.ts';

type Flags = PipelineFlags & { readonly json?: true };

export const addPull: AddCommand = (program, context) => {
  addPipelineOptions(program.command('pull [run-or-file] [stages...]'))
    .description("bring results here from the project's remote: what a pipeline would reuse, or a run's; runs nothing")
    .option('--json', 'print { remote, run, results: [{ stage, key, outcome }], bytes }')
    .addHelpText(
      'after',
      helpText({
        examples: [
          'pipeline pull pipelines/mnist-distill.yaml',
          'pipeline pull pipelines/mnist-distill.yaml train-teacher',
          'pipeline pull latest',
        ],
        exits: {
          1: "a run's result is not in the remote",
          2: 'no such run or file, or the remote cannot be used',
        },
      }),
    )
    .action(async (what: string | undefined, stages: string[], flags: Flags) => {
      context.exit(await pull(what ?? 'latest', stages, flags, context));
    });
};

async function pull(
  what: string,
  targets: readonly string[],
  flags: Flags,
  { terminal }: CommandContext,
): Promise<number> {
  const cancel = cancelOnSignal(() => undefined);
  try {
    const { signal } = cancel;
    const isFile = ['.yaml', '.yml', '.json'].includes(extname(what));
    const report = isFile
      ? await pullPipeline(what, { ...pipelineRequest(what, flags, terminal), targets, signal })
      : await pullRun({ cwd: terminal.cwd, run: what, signal });
    if (!report.ok) return printProblems(terminal, report.error, flags);
    if (flags.json === true) printJson(terminal, report.value);
    else terminal.stdout.write(renderTransfer(report.value, { way: 'pull', style: layoutOf(terminal).style }));
    // Of a pipeline, what nobody ran yet is no failure.
    const isLacking = !isFile && report.value.results.some(({ outcome }) => outcome === 'absent');
    return isLacking ? exitCodes.failed : exitCodes.done;
  } catch (error) {
    if (cancel.received === undefined) throw error;
    return exitCodeOf(cancel.received);
  } finally {
    cancel.stop();
  }
}
