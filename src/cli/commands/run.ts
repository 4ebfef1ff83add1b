import { Option } from 'commander';
import { type RunOptions, runPipeline } from '../../api/run.ts';
import { type AddCommand, type CommandContext, collect, helpText } from '../command.ts';
import { exitCodeOf, exitCodes } from '../exit-codes.ts';
import { percentage, positiveInteger } from '../numbers.ts';
import { addPipelineOptions, addRemoteOption, pipelineRequest } from '../pipeline-options.ts';
import { printProblems } from '../print-problems.ts';
import { openScreen } from '../screen.ts';
import { cancelOnSignal, endingStages } from '../signals.ts';
import type { Terminal } from '../terminal.ts';
import { watchRun } from '../watch-run.ts';
import { type PlanFlags, printPlan } from './plan.ts';

type Flags = PlanFlags & {
  readonly dryRun?: true;
  readonly watch?: true;
  readonly keepGoing: boolean;
  readonly audit?: number;
  readonly engine?: 'local' | 'temporal';
  readonly pull: boolean;
  readonly name?: string;
  readonly tag: readonly string[];
};

export const addRun: AddCommand = (program, context) => {
  addRemoteOption(addPipelineOptions(program.command('run <file> [stages...]')))
    .description('run a pipeline, or the named stages and what they need; what is in the store is reused')
    .option('--force <stage>', 'run the stage again, whatever the store holds; may be repeated', collect, [])
    .option('-j, --jobs <count>', 'stages at once', positiveInteger)
    .addOption(
      new Option('--engine <name>', 'local: on this machine; temporal: on the workers of a cluster').choices([
        'local',
        'temporal',
      ]),
    )
    .option('--no-pull', 'with --engine temporal: leave what the stages make in the remote')
    .option('--keep-going', 'after a failure, go on with what does not need the failed stage (the default)', true)
    .option('--no-keep-going', 'after a failure, finish what is under way and begin nothing more')
    .option('--dry-run', 'tell what would run and why, as `pipeline plan` does')
    .addOption(
      new Option('--watch', 'run again whenever a file changes that determines the results; Ctrl-C ends').conflicts(
        'dryRun',
      ),
    )
    .addOption(
      new Option('--audit [percent]', 'make so many of the reused results again, and fail where they are not the same')
        .argParser(percentage)
        .preset('5')
        .conflicts(['dryRun', 'watch']),
    )
    .addOption(
      new Option('--name <name>', "call the run so in place of its id; a name is one run's").conflicts([
        'dryRun',
        'watch',
      ]),
    )
    .option('--tag <tag>', 'give the run a tag, to list runs by; may be repeated', collect, [])
    .option('--json', 'print every event as a line of JSON')
    .addHelpText(
      'after',
      helpText({
        examples: [
          'pipeline run pipelines/mnist-distill.yaml',
          'pipeline run pipelines/mnist-distill.yaml train-student --set temperature=8',
          'pipeline run pipelines/mnist-distill.yaml --force train-student -j 2',
          'pipeline run pipelines/mnist-distill.yaml --set temperature=8 --name hot --tag paper',
          'pipeline run pipelines/mnist-distill.yaml --watch',
          'pipeline run pipelines/mnist-distill.yaml --audit 20%',
          'pipeline run pipelines/mnist-distill.yaml --json | jq .type',
        ],
        exits: {
          1: 'a stage failed, a gate was missed, or an audit found another result',
          2: 'the pipeline or the command line is wrong; nothing ran',
          130: 'ended by Ctrl-C; the next run goes on from there (143: SIGTERM, 129: SIGHUP)',
        },
      }),
    )
    .action(async (file: string, stages: string[], flags: Flags) => {
      const dry = flags.dryRun === true;
      context.exit(await (dry ? printPlan(file, stages, flags, context) : run(file, stages, flags, context)));
    });
};

async function run(
  file: string,
  targets: readonly string[],
  flags: Flags,
  { terminal }: CommandContext,
): Promise<number> {
  const options = runOptions(file, targets, flags, terminal);
  if (flags.watch === true) return watchRun(file, options, { terminal, json: flags.json === true });
  const screen = openScreen(terminal, flags.json === true);
  const cancel = cancelOnSignal((signal) => {
    screen.say(endingStages(signal));
  });
  try {
    const finished = await runPipeline(file, {
      ...options,
      signal: cancel.signal,
      onEvent: (event) => {
        screen.emit(event);
      },
    });
    if (!finished.ok) return printProblems(terminal, finished.error, flags);
    await screen.close();
    await screen.summarize(finished.value);
    if (finished.value.status === 'cancelled' && cancel.received !== undefined) return exitCodeOf(cancel.received);
    const isWhole = finished.value.status === 'succeeded' && finished.value.recordProblem === undefined;
    return isWhole ? exitCodes.done : exitCodes.failed;
  } finally {
    await screen.close();
    cancel.stop();
  }
}

function runOptions(file: string, targets: readonly string[], flags: Flags, terminal: Terminal): RunOptions {
  const { force, jobs, keepGoing, audit, engine, pull, name, tag } = flags;
  const request = pipelineRequest(file, flags, terminal);
  return {
    ...request,
    targets,
    force,
    keepGoing,
    pull,
    tags: tag,
    ...(name === undefined ? {} : { name }),
    ...(jobs === undefined ? {} : { jobs }),
    ...(audit === undefined ? {} : { audit }),
    ...(engine === undefined ? {} : { engine }),
  };
}
