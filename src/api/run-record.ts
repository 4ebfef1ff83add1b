import { resolve } from 'node:path';
import type { Result } from '../base/result.ts';
import type { RunStatus } from '../core/event.ts';
import type { RunId } from '../core/ids.ts';
import type { ProjectSettings } from '../core/pipeline-spec.ts';
import type { TensorEnvironment } from '../core/preimage.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { gitState, hostFacts } from '../records/host-facts.ts';
import { recordFolders } from '../records/record-folders.ts';
import { startRunRecord, type RunRecorder } from '../records/recorder.ts';
import { noteLatest } from '../records/run-id.ts';
import type { RunDefinition, RunRecord } from '../records/run-record.ts';
import type { RunStart } from '../records/run-start.ts';
import type { PipelineRequest } from './open-pipeline.ts';
import { orStoreProblem } from './store-problem.ts';
import { versions } from './versions.ts';

/** A run that is over, however it ended. */
export interface FinishedRun {
  readonly run: RunId;
  readonly status: RunStatus;
  readonly record: RunRecord;
  /** Absolute folder of the record, with its events and logs. */
  readonly folder: string;
  /** Why the record is not whole on the disk. */
  readonly recordProblem?: Problem;
  /** Where the store has more bytes than the project allows it: gc can make room. Looked at where the run has added to it. */
  readonly storeOverLimit?: { readonly bytes: number; readonly limit: number };
}

export interface RecordedRun {
  readonly run: RunId;
  readonly started: number;
  readonly request: Pick<PipelineRequest, 'file' | 'cwd' | 'set' | 'paramsFiles'>;
  readonly definition: Omit<RunDefinition, 'file' | 'path' | 'overrides'>;
  readonly project: Pick<ProjectSettings, 'folder' | 'store'>;
  readonly environment: TensorEnvironment;
}

export async function startRecord(recorded: RecordedRun): Promise<Result<RunRecorder, Problem>> {
  const recorder = await orStoreProblem(startRunRecord(runStart(recorded)));
  if (recorder.ok) noteLatest(recorded.project.store, recorded.run);
  return recorder;
}

export function runStart(recorded: RecordedRun): RunStart {
  const { run, started, definition, project, environment } = recorded;
  const { file, cwd = process.cwd(), set = [], paramsFiles = [] } = recorded.request;
  return {
    folder: recordFolders(project.store).runs,
    run,
    started,
    definition: { ...definition, file, path: resolve(cwd, file), overrides: [...paramsFiles, ...set] },
    versions: versions(environment),
    host: hostFacts(),
    git: gitState(project.folder),
  };
}

/** Writes the rest of it. */
export async function finishRecord(recorder: RunRecorder, run: RunId, status: RunStatus): Promise<FinishedRun> {
  const record = await orStoreProblem(recorder.close());
  return {
    run,
    status,
    record: record.ok ? record.value : recorder.record(),
    folder: recorder.folder,
    ...(record.ok ? {} : { recordProblem: record.error }),
  };
}
