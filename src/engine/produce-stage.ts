import { rm } from 'node:fs/promises';
import type { Digest } from '../base/hash.ts';
import { type Result, failure, success } from '../base/result.ts';
import type { ArtifactRef } from '../core/artifact.ts';
import type { StageSpec } from '../core/pipeline-spec.ts';
import type { StageRecord } from '../core/stage-record.ts';
import type { EpochFigures, StageOutcome, StageProgress } from '../core/stage-runner.ts';
import type { Store } from '../core/store.ts';
import type { CommandTask, StageExecution, StageTask, TaskInput } from './executor.ts';
import { type KeyedStage, type StageInputs, changedFile } from './keyed-stage.ts';
import { type CommandStage, commandStage } from './project-files/command-stage.ts';
import type { ActiveRun, RunContext } from './run-context.ts';
import { cancelledProblem, failureProblem, timeoutProblem } from './stage-problem.ts';
import type { ComputedStage } from './stage-result.ts';
import { timeLimit } from './time-limit.ts';

export type ProducedStage =
  /** Its objects are in the store; the record is not published. */
  | { readonly status: 'made'; readonly record: StageRecord; readonly seconds: number }
  | Extract<ComputedStage, { status: 'failed' | 'damaged' }>;

export interface Production {
  /** Absolute. */
  readonly checkpointFolder: string;
  readonly progress: (event: StageProgress) => void;
}

/** Executes a stage whose lock is held, and takes in what it made. Leaves no staging folder behind. */
export function produceStage(run: ActiveRun, keyed: KeyedStage, production: Production): Promise<ProducedStage> {
  const { command } = keyed;
  return inStagingFolder(run, (folder) => {
    if (command === undefined) return produceIn(run, keyed, { ...production, folder });
    return inStagingFolder(run, (needs) => {
      const around = commandStage(run, { ...keyed, command }, { staging: folder, needs });
      return produceIn(run, keyed, { ...production, folder, around });
    });
  });
}

/** A folder of its own for as long as the work goes on. */
export async function inStagingFolder<T>(run: ActiveRun, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await run.context.store.makeStagingFolder();
  try {
    return await work(folder);
  } finally {
    // What cannot be removed now, the store sweeps up when its maker is gone; a result is not lost for it.
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

interface Place extends Production {
  /** What lies in it at the end is the artifact. */
  readonly folder: string;
  /** Of a stage that runs a command in the project folder: what is done before and after. */
  readonly around?: CommandStage;
}

async function produceIn(run: ActiveRun, keyed: KeyedStage, place: Place): Promise<ProducedStage> {
  const { clock } = run.context;
  const startedAt = clock();
  const { spec } = keyed;
  const epochs = new Map<number, EpochFigures>();
  const { around } = place;
  const execution = await (around === undefined
    ? execute(run, keyed, place, { epochs })
    : around.around((command) => execute(run, keyed, place, { epochs, command })));
  const seconds = Math.max(0, clock() - startedAt) / 1000;
  switch (execution.status) {
    case 'cancelled':
      return { status: 'failed', problem: cancelledProblem(spec), seconds };
    case 'timed-out':
      return { status: 'failed', problem: timeoutProblem(spec, execution.limit), seconds };
    case 'failed': {
      const problem = failureProblem(spec, execution.failure);
      const { damaged } = execution.failure;
      return damaged === undefined
        ? { status: 'failed', problem, seconds }
        : { status: 'damaged', object: damaged, problem, seconds };
    }
    case 'done': {
      const changed = await changedFile(run.context, keyed);
      if (changed !== undefined) return { status: 'failed', problem: changed, seconds };
      const artifact = await run.context.store.putFolder(place.folder, keyed.type.output);
      around?.kept(artifact);
      const record = recordFor(run, keyed, { artifact, outcome: execution.outcome, epochs, seconds });
      return { status: 'made', record, seconds };
    }
  }
}

/** It was ended because its time was over. */
interface TimedOut {
  readonly status: 'timed-out';
  /** Seconds. */
  readonly limit: number;
}

interface Execution {
  readonly epochs: Map<number, EpochFigures>;
  readonly command?: CommandTask;
}

async function execute(
  run: ActiveRun,
  keyed: KeyedStage,
  place: Place,
  { epochs, command }: Execution,
): Promise<StageExecution | TimedOut> {
  const inputs = await taskInputs(run.context.store, keyed.inputs);
  if (!inputs.ok) {
    const message = `the object ${inputs.error} among its inputs is gone from the store`;
    return { status: 'failed', failure: { code: 'store-unusable', message, damaged: inputs.error } };
  }
  const { id: stage, policy: { timeout } = {} } = keyed.spec;
  const limit = timeLimit(timeout);
  try {
    const task = taskFor(run, keyed, place, inputs.value);
    const execution = await run.context.executor.execute(command === undefined ? task : { ...task, command }, {
      signal: AbortSignal.any([run.signal, limit.signal]),
      progress: (event) => {
        if (event.type === 'epoch-ended') epochs.set(event.epoch, event.figures);
        place.progress(event);
      },
      output: (stream, text) => {
        run.emit({ type: 'stage-output', stage, stream, text });
      },
    });
    const isOver = execution.status === 'cancelled' && timeout !== undefined && !run.signal.aborted;
    return isOver ? { status: 'timed-out', limit: timeout } : execution;
  } finally {
    limit.stop();
  }
}

function taskFor(
  { context }: ActiveRun,
  { spec, type, key, seed }: KeyedStage,
  { folder, checkpointFolder }: Place,
  inputs: StageTask['inputs'],
): StageTask {
  return {
    stage: spec.id,
    type: spec.type,
    ...(type.plugin === undefined ? {} : { plugin: type.plugin.entry }),
    key,
    options: spec.options,
    seed,
    backend: context.backend,
    tensors: type.uses.tensors,
    inputs,
    folder: context.spec.folder,
    outputFolder: folder,
    checkpointFolder,
    madeBy: madeBy(context, spec),
  };
}

/** Fails with the object that is no longer there. */
async function taskInputs(store: Store, inputs: StageInputs): Promise<Result<StageTask['inputs'], Digest>> {
  const ready: Record<string, TaskInput> = {};
  for (const [slot, { record }] of Object.entries(inputs)) {
    const files: TaskInput['files'][number][] = [];
    for (const file of record.artifact.files) {
      try {
        files.push({ ...file, absolutePath: await store.objectPath(file.digest) });
      } catch {
        return failure(file.digest);
      }
    }
    ready[slot] = { kind: record.artifact.kind, facts: record.facts, files };
  }
  return success(ready);
}

interface Made {
  readonly artifact: ArtifactRef;
  readonly outcome: StageOutcome;
  readonly epochs: ReadonlyMap<number, EpochFigures>;
  readonly seconds: number;
}

function recordFor({ context }: ActiveRun, { spec, key, preimage }: KeyedStage, made: Made): StageRecord {
  return {
    format: 1,
    key,
    preimage,
    artifact: made.artifact,
    facts: made.outcome.facts ?? {},
    metrics: made.outcome.metrics,
    epochs: made.outcome.epochs ?? [...made.epochs].sort(([a], [b]) => a - b).map(([, figures]) => figures),
    seconds: secondsInAll(made),
    createdAt: new Date(context.clock()).toISOString(),
    madeBy: madeBy(context, spec),
  };
}

/** Of a training that went on from a checkpoint, about what all of its epochs took: to make it again takes that long. */
function secondsInAll({ seconds, outcome, epochs }: Made): number {
  const all = outcome.epochs?.length ?? 0;
  return epochs.size > 0 && all > epochs.size ? (seconds * all) / epochs.size : seconds;
}

function madeBy(context: RunContext, { id }: StageSpec): StageRecord['madeBy'] {
  return { run: context.run, stage: id, pipeline: context.spec.name };
}
