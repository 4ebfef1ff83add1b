import { resolve } from 'node:path';
import { failure, success, type Result } from '../base/result.ts';
import type { Clock, PipelineEvent, RunStatus } from '../core/event.ts';
import type { RunId } from '../core/ids.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { openLocalExecutor } from '../engine/local/pool.ts';
import { runStages } from '../engine/run.ts';
import { gitState, hostFacts } from '../records/host-facts.ts';
import { recordFolders } from '../records/record-folders.ts';
import { startRunRecord, type RunRecorder } from '../records/recorder.ts';
import { newRunId } from '../records/run-id.ts';
import type { RunRecord } from '../records/run-record.ts';
import { openPipeline, type OpenedPipeline, type PipelineRequest } from './open-pipeline.ts';
import { openWorkspace, type Workspace } from './open-workspace.ts';
import { selectStages, type SelectedStages, type Selection } from './select-stages.ts';
import { programFile } from './program-file.ts';
import { orStoreProblem } from './store-problem.ts';
import { versions } from './versions.ts';

export type RunOptions = Omit<PipelineRequest, 'file'> &
  Selection & {
    /** Stages at once; the project's, if absent. */
    readonly jobs?: number;
    /** Abort it to cancel the run: children end, and the next run goes on from what is done. */
    readonly signal?: AbortSignal;
    /** Told everything that happens, in order. */
    readonly onEvent?: (event: PipelineEvent) => void;
    /** Milliseconds since 1970. */
    readonly clock?: Clock;
    /** Path of the built stage-process.js; the one beside this program, if absent. */
    readonly stageProcess?: string;
  };

export interface FinishedRun {
  readonly run: RunId;
  readonly status: RunStatus;
  readonly record: RunRecord;
  /** Absolute folder of the record, with its events and logs. */
  readonly folder: string;
  /** Why the record is not whole on the disk. */
  readonly recordProblem?: Problem;
}

/**
 * Runs a pipeline: what is in the store is reused, the rest runs in child processes.
 * @returns the run, whether or not its stages succeeded; or every problem that kept it from starting
 */
export async function runPipeline(
  file: string,
  options: RunOptions = {},
): Promise<Result<FinishedRun, readonly Problem[]>> {
  const opened = await openPipeline({ ...options, file });
  if (!opened.ok) return opened;
  const selected = selectStages(opened.value, options);
  if (!selected.ok) return selected;
  const workspace = await openWorkspace(opened.value);
  if (!workspace.ok) return workspace;
  try {
    return await execute(file, options, {
      pipeline: opened.value,
      workspace: workspace.value,
      selected: selected.value,
    });
  } finally {
    await workspace.value.hasher.close();
  }
}

interface Prepared {
  readonly pipeline: OpenedPipeline;
  readonly workspace: Workspace;
  readonly selected: SelectedStages;
}

async function execute(
  file: string,
  options: RunOptions,
  prepared: Prepared,
): Promise<Result<FinishedRun, readonly Problem[]>> {
  const { clock = Date.now, onEvent, signal = new AbortController().signal } = options;
  const { project } = prepared.pipeline;
  const jobs = options.jobs ?? project.jobs;
  const run = newRunId(clock);
  const recorder = await startRecord(file, options, { ...prepared, run, started: clock() });
  if (!recorder.ok) return failure([recorder.error]);
  const executor = openLocalExecutor({
    entry: options.stageProcess ?? programFile('stage-process.js'),
    size: jobs,
    projectFolder: project.folder,
    downloadFolder: prepared.workspace.store.downloadFolder,
  });
  let status: RunStatus;
  let record: Result<RunRecord, Problem>;
  try {
    const result = await runStages({
      ...prepared.pipeline,
      ...prepared.workspace,
      ...prepared.selected,
      run,
      executor,
      clock,
      jobs,
      signal,
      emit(event) {
        recorder.value.emit(event);
        onEvent?.(event);
      },
    });
    status = result.status;
  } finally {
    await executor.close();
    // Also where a bug ended the run: its events are what it is found by.
    record = await orStoreProblem(recorder.value.close());
  }
  return success({
    run,
    status,
    record: record.ok ? record.value : recorder.value.record(),
    folder: recorder.value.folder,
    ...(record.ok ? {} : { recordProblem: record.error }),
  });
}

async function startRecord(
  file: string,
  options: RunOptions,
  { pipeline, workspace, selected, run, started }: Prepared & { run: RunId; started: number },
): Promise<Result<RunRecorder, Problem>> {
  const { spec, project } = pipeline;
  return orStoreProblem(
    startRunRecord({
      folder: recordFolders(project.store).runs,
      run,
      started,
      definition: {
        name: spec.name,
        file,
        path: resolve(options.cwd ?? process.cwd(), file),
        text: spec.source.text,
        params: spec.params,
        overrides: [...(options.paramsFiles ?? []), ...(options.set ?? [])],
        backend: workspace.backend,
        ...(selected.targets === undefined ? {} : { targets: [...selected.targets] }),
      },
      versions: versions(workspace.environment),
      host: hostFacts(),
      git: gitState(spec.folder),
    }),
  );
}
