import { rm } from 'node:fs/promises';
import type { Digest } from '../base/hash.ts';
import { type Result, failure, success } from '../base/result.ts';
import type { ArtifactRef } from '../core/artifact.ts';
import type { StageSpec } from '../core/pipeline-spec.ts';
import type { StageRecord } from '../core/stage-record.ts';
import type { EpochFigures, StageOutcome } from '../core/stage-runner.ts';
import type { Store } from '../core/store.ts';
import { resumeKey } from '../fingerprint/resume-key.ts';
import type { StageExecution, StageTask, TaskInput } from './executor.ts';
import { type KeyedStage, type StageInputs, changedFile } from './keyed-stage.ts';
import type { ActiveRun, RunContext } from './run-context.ts';
import { cancelledProblem, failureProblem, thrownProblem, timeoutProblem } from './stage-problem.ts';
import type { ComputedStage } from './stage-result.ts';
import { timeLimit } from './time-limit.ts';

export interface Attempt {
  /** Why it runs. */
  readonly because: string;
  /** From 1. */
  readonly attempt: number;
  /** Whether its record wins over an earlier one. */
  readonly replace: boolean;
}

/** Executes a stage whose lock is held, and keeps what it made. Never rejects, and leaves no staging folder behind. */
export async function executeStage(run: ActiveRun, keyed: KeyedStage, attempt: Attempt): Promise<ComputedStage> {
  const { spec, key } = keyed;
  const { clock } = run.context;
  const { because, attempt: number } = attempt;
  run.emit({ type: 'stage-started', stage: spec.id, key, because, ...(number === 1 ? {} : { attempt: number }) });
  const startedAt = clock();
  const secondsNow = (): number => Math.max(0, clock() - startedAt) / 1000;
  try {
    return await inStagingFolder(run, (folder) =>
      executeIn(run, { keyed, folder, secondsNow, replace: attempt.replace }),
    );
  } catch (error) {
    return { status: 'failed', problem: thrownProblem(run.emit, spec, error), seconds: secondsNow() };
  }
}

async function inStagingFolder<T>(run: ActiveRun, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await run.context.store.makeStagingFolder();
  try {
    return await work(folder);
  } finally {
    // What cannot be removed now, the store sweeps up when its maker is gone; a result is not lost for it.
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

interface Execution {
  readonly keyed: KeyedStage;
  readonly folder: string;
  readonly secondsNow: () => number;
  readonly replace: boolean;
}

async function executeIn(run: ActiveRun, { keyed, folder, secondsNow, replace }: Execution): Promise<ComputedStage> {
  const { spec } = keyed;
  const { store } = run.context;
  const epochs = new Map<number, EpochFigures>();
  const execution = await execute(run, keyed, { folder, epochs });
  const seconds = secondsNow();
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
      const artifact = await store.putFolder(folder, keyed.type.output);
      const made = recordFor(run, keyed, { artifact, outcome: execution.outcome, epochs, seconds });
      const before = replace ? await store.record(keyed.key) : undefined;
      const record = await store.publish(made, { replace });
      warnOfOtherContent(run, keyed, { made, earlier: replace ? before : record, replace });
      return { status: 'ran', key: keyed.key, record, seconds };
    }
  }
}

interface Sinks {
  readonly folder: string;
  readonly epochs: Map<number, EpochFigures>;
}

/** It was ended because its time was over. */
interface TimedOut {
  readonly status: 'timed-out';
  /** Seconds. */
  readonly limit: number;
}

async function execute(
  run: ActiveRun,
  keyed: KeyedStage,
  { folder, epochs }: Sinks,
): Promise<StageExecution | TimedOut> {
  const inputs = await taskInputs(run.context.store, keyed.inputs);
  if (!inputs.ok) {
    const message = `the object ${inputs.error} among its inputs is gone from the store`;
    return { status: 'failed', failure: { code: 'store-unusable', message, damaged: inputs.error } };
  }
  const { id: stage, policy: { timeout } = {} } = keyed.spec;
  const limit = timeLimit(timeout);
  try {
    const execution = await run.context.executor.execute(taskFor(run, keyed, { inputs: inputs.value, folder }), {
      signal: AbortSignal.any([run.signal, limit.signal]),
      progress: (event) => {
        if (event.type === 'epoch-ended') epochs.set(event.epoch, event.figures);
        run.emit({ stage, ...event });
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
  { spec, type, key, preimage, seed }: KeyedStage,
  { inputs, folder }: { readonly inputs: StageTask['inputs']; readonly folder: string },
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
    checkpointFolder: context.store.checkpointFolder(resumeKey(type, preimage, spec.options)),
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

interface ComparedRecords {
  readonly made: StageRecord;
  /** Under the same key; absent where there was none. */
  readonly earlier: StageRecord | undefined;
  readonly replace: boolean;
}

/** Where the content differs, the person should know that the stage is not repeatable, and which result there is now. */
function warnOfOtherContent(run: ActiveRun, keyed: KeyedStage, { made, earlier, replace }: ComparedRecords): void {
  if (earlier === undefined || made.artifact.digest === earlier.artifact.digest) return;
  const promise = keyed.type.determinism === 'bitwise' ? ', though its stage type promises the same bits' : '';
  const outcome = replace ? 'it takes the place of the earlier result' : 'the earlier result stays';
  run.emit({
    type: 'warning',
    stage: keyed.spec.id,
    message: `it made other content than the earlier run with the same key${promise}; ${outcome}`,
  });
}

function madeBy(context: RunContext, { id }: StageSpec): StageRecord['madeBy'] {
  return { run: context.run, stage: id, pipeline: context.spec.name };
}
