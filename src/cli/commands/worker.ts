import { Option } from 'commander';
import { openWorker } from '../../api/cluster/worker.ts';
import type { BackendName } from '../../core/pipeline-spec.ts';
import { type AddCommand, type CommandContext, collect, helpText } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { positiveInteger } from '../numbers.ts';
import { printProblems } from '../print-problems.ts';
import { cancelOnSignal } from '../signals.ts';

interface Flags {
  readonly queue: readonly string[];
  readonly jobs?: number;
  readonly backend?: BackendName;
}

export const addWorker: AddCommand = (program, context) => {
  program
    .command('worker')
    .description('take stages of runs that were started with --engine temporal, until Ctrl-C')
    .option(
      '--queue <name>',
      'take stages that ask for this resource, as in gpu; `default`: that ask for none; may be repeated',
      collect,
      [],
    )
    .option('-j, --jobs <count>', 'stages at once, of each queue', positiveInteger)
    .addOption(new Option('--backend <name>', 'compute with it').choices(['wasm', 'native']))
    .addHelpText(
      'after',
      helpText({
        examples: ['pipeline worker', 'pipeline worker --queue gpu --queue default -j 1'],
        exits: { 2: 'the command line or the project file is wrong, or the server or the remote cannot be used' },
      }),
    )
    .action(async (flags: Flags) => {
      context.exit(await work(flags, context));
    });
};

async function work({ queue, jobs, backend }: Flags, { terminal }: CommandContext): Promise<number> {
  const cancel = cancelOnSignal(() => {
    terminal.stderr.write('What is under way goes on elsewhere.\n');
  });
  try {
    const worker = await openWorker({
      onWarning: (message) => {
        terminal.stderr.write(`${message}\n`);
      },
      ...{ cwd: terminal.cwd, queues: queue.length === 0 ? ['default'] : queue },
      ...(jobs === undefined ? {} : { jobs }),
      ...(backend === undefined ? {} : { backend }),
    });
    if (!worker.ok) return printProblems(terminal, worker.error);
    const stop = (): void => {
      worker.value.stop();
    };
    cancel.signal.addEventListener('abort', stop);
    const running = worker.value.run();
    terminal.stdout.write(`listening for stages of the queues ${worker.value.queues.join(', ')}\n`);
    if (cancel.signal.aborted) stop();
    const ended = await running;
    return ended.ok ? exitCodes.done : printProblems(terminal, [ended.error]);
  } finally {
    cancel.stop();
  }
}
