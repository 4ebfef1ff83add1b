import { readdirSync } from 'node:fs';
import { isErrno } from '../base/errno.ts';
import { type ProcessIdentity, processState } from '../base/process-identity.ts';
import { failure, type Result, success } from '../base/result.ts';
import type { RunId } from '../core/ids.ts';
import { usable } from '../core/usable.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { isRecord, readEvents, readRecord, readSummary } from './read-record.ts';
import { runFolder } from './run-folder.ts';
import type { RunRecord, RunSummary } from './run-record.ts';
import { endedStage, NO_STAGES, runState, summaryOf } from './run-state.ts';

/**
 * Every run, newest first; damaged ones say so.
 * @param folder `<store>/runs`
 * @throws StoreError where it may not be read
 */
export function listRuns(folder: string): Promise<readonly RunSummary[]> {
  return usable(folder, () => Promise.resolve(runIds(folder).map((id) => summarise(folder, id))));
}

/**
 * @param name an id, the beginning of exactly one id, `latest`, or `latest~2` for the second one before it
 * @throws StoreError where the folder may not be read
 */
export function findRun(folder: string, name: string): Promise<Result<RunRecord, Problem>> {
  return usable(folder, () => Promise.resolve(find(folder, name)));
}

function find(folder: string, name: string): Result<RunRecord, Problem> {
  const ids = runIds(folder);
  if (ids.length === 0) return unknown('there are no runs yet', 'start one with: pipeline run FILE');
  const back = /^latest(?:~(\d+))?$/.exec(name);
  if (back !== null) return fromNewest(folder, ids, Number(back[1] ?? 0));
  const matching = ids.filter((id) => id.startsWith(name));
  const [only, ...others] = matching.includes(name as RunId) ? [name as RunId] : matching;
  if (only === undefined || name === '') {
    return unknown(`there is no run '${name}'`, `the newest is ${ids[0] ?? ''}; list them with: pipeline runs`);
  }
  if (others.length > 0) {
    const some = [only, ...others].slice(0, 5).join(', ');
    return unknown(`${matching.length} runs begin with '${name}'`, `write more of the one that you mean: ${some}`);
  }
  const record = readRun(folder, only);
  if (record !== undefined) return success(record);
  return unknown(
    `the record of run ${only} is damaged`,
    `its events and logs may still be in ${runFolder(folder, only).root}`,
  );
}

/** Damaged ones are not counted. */
function fromNewest(folder: string, ids: readonly RunId[], back: number): Result<RunRecord, Problem> {
  let left = back;
  for (const id of ids) {
    const record = readRun(folder, id);
    if (record !== undefined && left-- === 0) return success(record);
  }
  return unknown(`there are not ${back + 1} runs to go back`, 'list them with: pipeline runs');
}

function unknown(message: string, hint: string): Result<RunRecord, Problem> {
  return failure({ code: 'unknown-run', message, hint });
}

/** Newest first: ids sort by time. */
function runIds(folder: string): readonly RunId[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name as RunId)
      .sort()
      .reverse();
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

function summarise(folder: string, id: RunId): RunSummary {
  const summary = readSummary(runFolder(folder, id).summary);
  if (summary?.id === id) return { ...summary, status: statusNow(summary) };
  const record = readRun(folder, id);
  if (record !== undefined) return summaryOf(record);
  return { id, status: 'damaged', pipeline: '', file: '', started: '', counts: NO_STAGES };
}

/** As it is now, by what little is read for a list of runs. */
export function statusOfRun(folder: string, id: RunId): RunSummary['status'] {
  return summarise(folder, id).status;
}

/** The record; of a run that was killed, with what its events tell beyond what was last written. */
export function readRun(folder: string, id: RunId): RunRecord | undefined {
  const files = runFolder(folder, id);
  const written = readRecord(files.record);
  if (written?.id !== id) return undefined;
  const status = statusNow(written);
  if (status === written.status) return written;
  const state = runState({ ...written, stages: [], gates: [], warnings: [] });
  for (const event of readEvents(files.events)) {
    try {
      state.apply(event);
    } catch {
      // A damaged event: the rest still tells something.
    }
  }
  const replayed = state.record();
  const record = isRecord(replayed) ? replayed : written;
  return { ...record, status, stages: record.stages.map(endedStage) };
}

/** Who says that it is running may have been killed. */
function statusNow<S extends string>({ status, process }: { status: S; process?: ProcessIdentity }): S | 'interrupted' {
  const gone = status === 'running' && process !== undefined && processState(process) === 'dead';
  return gone ? 'interrupted' : status;
}
