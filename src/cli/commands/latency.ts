import { InvalidArgumentError } from 'commander';
import { measureLatencies } from '../../api/latency/latency.ts';
import { renderLatencies } from '../../report/latency-text.ts';
import { type AddCommand, type CommandContext, helpText } from '../command.ts';
import { positiveInteger } from '../numbers.ts';
import { printProblems } from '../print-problems.ts';
import { layoutOf, printJson } from '../terminal.ts';

interface Flags {
  readonly backend?: 'wasm' | 'native';
  readonly batch: readonly number[];
  readonly seconds: number;
  readonly json?: true;
}

export const addLatency: AddCommand = (program, context) => {
  program
    .command('latency [run] [stages...]')
    .description('measure, here and now, how long the models of a run take for an image; kept beside its record')
    .option('--backend <name>', 'wasm or native; that of the run, if absent', backendName)
    .option('--batch <sizes>', 'images that a model looks at together', batchSizes, [1, 64])
    .option('--seconds <n>', 'for each model and batch', positiveInteger, 1)
    .option('--json', 'print { run, backend, host, load, models, measured }')
    .addHelpText(
      'after',
      helpText({
        examples: ['pipeline latency', 'pipeline latency latest train-student --backend native --batch 1,256'],
        exits: { 2: 'no such run or stage, or the backend does not load' },
      }),
    )
    .action(async (run: string | undefined, stages: readonly string[], flags: Flags) => {
      context.exit(await latency(run ?? 'latest', stages, { flags, context }));
    });
};

async function latency(
  run: string,
  stages: readonly string[],
  { flags, context: { terminal } }: { readonly flags: Flags; readonly context: CommandContext },
): Promise<number> {
  const { backend, batch: batches, seconds } = flags;
  const asked = { stages, batches, seconds, ...(backend === undefined ? {} : { backend }) };
  const report = await measureLatencies(terminal.cwd, run, asked);
  if (!report.ok) return printProblems(terminal, report.error, flags);
  if (flags.json === true) printJson(terminal, report.value);
  else terminal.stdout.write(await renderLatencies(report.value, layoutOf(terminal)));
  return 0;
}

function backendName(text: string): 'wasm' | 'native' {
  if (text === 'wasm' || text === 'native') return text;
  throw new InvalidArgumentError('Give wasm or native.');
}

/** `1,64` */
function batchSizes(text: string): readonly number[] {
  return text.split(',').map(positiveInteger);
}
