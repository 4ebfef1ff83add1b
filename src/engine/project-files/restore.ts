import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ArtifactFile } from '../../core/artifact.ts';
import type { Command } from '../../core/command.ts';
import type { StageSpec } from '../../core/pipeline-spec.ts';
import type { StageRecord } from '../../core/stage-record.ts';
import { failureData, isStageFailure } from '../../core/stage-runner.ts';
import { stampOf } from '../../fingerprint/file-sight.ts';
import type { KeyedStage } from '../keyed-stage.ts';
import type { PlanContext } from '../plan-context.ts';
import type { ActiveRun } from '../run-context.ts';
import { failureProblem } from '../stage-problem.ts';
import { type StageResult, recordOf } from '../stage-result.ts';
import { clearOutputs } from './clear-outputs.ts';
import { executableFiles } from './collect.ts';
import { filesAt } from './outputs-on-disk.ts';
import { requireSafePlaces } from './places.ts';
import { unfinishedOutputs } from './unfinished.ts';

/** A hit, with its files where a command would have left them. */
export async function reuse(run: ActiveRun, keyed: KeyedStage, record: StageRecord): Promise<StageResult> {
  const { spec, key } = keyed;
  try {
    await restoreOutputs(run, keyed, record);
    return { status: 'reused', key, record };
  } catch (error) {
    if (!isStageFailure(error)) throw error;
    return { status: 'failed', problem: failureProblem(spec, failureData(error)), seconds: 0 };
  }
}

/** Brings a command's outputs in the project folder to what its result says; reads nothing where they are it already. */
export async function restoreOutputs(run: ActiveRun, keyed: KeyedStage, record: StageRecord): Promise<void> {
  const { spec, command } = keyed;
  if (command === undefined || areInPlace(run.context, command, record)) return;
  const release = await holdOutputs(run, keyed, [command]);
  try {
    await putBack(run, { spec, command }, record);
  } finally {
    await release();
  }
}

interface Maker {
  readonly spec: StageSpec;
  readonly command: Command;
}

/** The locks of its outputs are held. */
function putBack(run: ActiveRun, maker: Maker, record: StageRecord): Promise<void> {
  return run.outputs.inTurn(maker.spec.id, () => putBackNow(run, maker, record));
}

async function putBackNow(run: ActiveRun, { spec, command }: Maker, record: StageRecord): Promise<void> {
  const { context } = run;
  if (areInPlace(context, command, record)) return;
  const { folder } = context.spec;
  requireSafePlaces({ folder, reserved: context.reserved ?? [] }, command.outputs);
  // What lies behind a link is not what the stage made, whatever its content.
  const there = new Set(command.outputs.flatMap((output) => filesAt(folder, output.path)).map(({ path }) => path));
  const right = new Set<string>();
  for (const { path, digest } of record.artifact.files) {
    if (!there.has(path)) continue;
    if ((await context.hasher.look(join(folder, path)).catch(() => undefined)) === digest) right.add(path);
  }
  await clearOutputs(run, spec, command.outputs, (path) => right.has(path));
  const missing = record.artifact.files.filter(({ path }) => !right.has(path));
  const startedAt = Date.now();
  await context.store.materialize({ ...record.artifact, files: missing }, folder);
  const executable = new Set(executableFiles(record));
  for (const file of missing) {
    if (executable.has(file.path)) chmodSync(join(folder, file.path), 0o755);
    learn(context, file, startedAt);
  }
  for (const { path } of command.outputs)
    if (isFolder(record, path)) mkdirSync(join(folder, path), { recursive: true });
  unfinishedOutputs(context.store, folder).clear(command.outputs);
}

/**
 * Does work that reads and makes files in the project folder: nobody else writes there meanwhile, and what the stage reads of other
 * stages' outputs lies there as they made it, whatever was done to it since.
 */
export async function withProjectFiles<T>(run: ActiveRun, keyed: KeyedStage, work: () => Promise<T>): Promise<T> {
  const makers = [...new Set(keyed.files.flatMap(({ from }) => from ?? []))].flatMap((id) => {
    const spec = run.stages.get(id);
    const record = recordOf(run.results.get(id));
    const command = spec === undefined ? undefined : run.context.types.get(spec.type)?.command?.(spec.options);
    return spec === undefined || record === undefined || command === undefined ? [] : [{ spec, command, record }];
  });
  if (keyed.command === undefined && makers.length === 0) return work();
  const outputs = [...makers.map(({ command }) => command), ...(keyed.command === undefined ? [] : [keyed.command])];
  const release = await holdOutputs(run, keyed, outputs);
  try {
    for (const { record, ...maker } of makers) await putBack(run, maker, record);
    return await work();
  } finally {
    await release();
  }
}

function holdOutputs(
  run: ActiveRun,
  { spec, key }: Pick<KeyedStage, 'spec' | 'key'>,
  commands: readonly Command[],
): Promise<() => Promise<void>> {
  const paths = commands.flatMap(({ outputs }) => outputs.map(({ path }) => path));
  return run.outputs.hold(paths, (holder) => {
    run.emit({ type: 'stage-waiting', stage: spec.id, key, holder });
  });
}

/** By their stamps alone: one look at each file. */
function areInPlace({ spec: { folder }, hasher }: PlanContext, command: Command, record: StageRecord): boolean {
  for (const { path, digest } of record.artifact.files) if (hasher.recall(`${folder}/${path}`) !== digest) return false;
  return command.outputs.every(({ path }) => {
    if (!isFolder(record, path)) return true;
    const found = statSync(`${folder}/${path}`, { throwIfNoEntry: false });
    if (found?.isDirectory() !== true) return false;
    const made = record.artifact.files.filter((file) => file.path.startsWith(`${path}/`));
    return filesAt(folder, path, hasher.listing).length === made.length;
  });
}

/** An output that is no file of the result is a folder. */
function isFolder({ artifact }: StageRecord, output: string): boolean {
  return !artifact.files.some(({ path }) => path === output);
}

function learn({ hasher, spec: { folder } }: PlanContext, file: ArtifactFile, readAt: number): void {
  const path = join(folder, file.path);
  hasher.learn(path, { stamp: stampOf(statSync(path, { bigint: true })), digest: file.digest, readAt });
}
