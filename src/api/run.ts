import { failure, success, type Result } from '../base/result.ts';
import { steadyClock } from '../base/steady-clock.ts';
import type { Clock, PipelineEvent, RunStatus } from '../core/event.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { dataMemory } from '../engine/local/data-memory.ts';
import { openLocalExecutor } from '../engine/local/pool.ts';
import { runStages } from '../engine/run.ts';
import { followStage } from '../records/follow-stage.ts';
import { recordFolders } from '../records/record-folders.ts';
import { nextRunId } from '../records/run-id.ts';
import { backedStore } from '../store/remote/backed-store.ts';
import { plainEvents, takeSnapshot } from './again/take.ts';
import { openPipeline, type OpenedPipeline, type PipelineRequest } from './open-pipeline.ts';
import type { ReadyCluster } from './cluster/open-cluster.ts';
import type { Snapshotted } from './cluster/snapshot.ts';
import { openRemote } from './open-remote.ts';
import { openWorkspace, type Workspace } from './open-workspace.ts';
import type { PipelineSource } from './pipeline-sources.ts';
import { selectStages, type SelectedStages, type Selection } from './select-stages.ts';
import { nativePatienceMs } from './native-patience.ts';
import { programFile } from './program-file.ts';
import { labelRun, wrongLabels } from './run-labels.ts';
import { storeOverLimit } from './store-over-limit.ts';
import { finishRecord, startRecord, type FinishedRun } from './run-record.ts';

export type { FinishedRun } from './run-record.ts';

/** How a pipeline is run; all of it may be left out. */
export type RunOptions = Omit<PipelineRequest, 'file'> &
  Selection & {
    /** Stages at once; the project's, if absent. */
    readonly jobs?: number;
    /** `false`: after a failure nothing more is begun, and what is under way is finished. Else what does not need the failed stage still runs. */
    readonly keepGoing?: boolean;
    /** `local` if absent. `temporal`: on the workers of a cluster, by way of the project's remote. */
    readonly engine?: 'local' | 'temporal';
    /** `false`, with the engine temporal: what the stages made stays in the remote, and is not brought here. */
    readonly pull?: boolean;
    /** Per cent of the reused results that are made again and compared, more than 0; none if absent. */
    readonly audit?: number;
    /** Abort it to cancel the run: children end, and the next run goes on from what is done. */
    readonly signal?: AbortSignal;
    /** Told everything that happens, in order. */
    readonly onEvent?: (event: PipelineEvent) => void;
    /** To call the run by in place of its id; one run's. */
    readonly name?: string;
    /** To find the run by, and to list it with others. */
    readonly tags?: readonly string[];
    /** Milliseconds since 1970. */
    readonly clock?: Clock;
    /** Path of the built stage-process.js; the one beside this program, if absent. */
    readonly stageProcess?: string;
  };

/**
 * Runs a pipeline: what is in the store is reused, the rest runs in child processes.
 * @param file relative to `options.cwd`
 * @returns the run, whether or not its stages succeeded; or every problem that kept it from starting
 * @throws what nobody foresaw: a mistake in the program, or of the system; what a person can cause is in the result
 */
export async function runPipeline(
  file: string,
  options: RunOptions = {},
): Promise<Result<FinishedRun, readonly Problem[]>> {
  const contrary = contraryOptions(options);
  if (contrary !== undefined) return failure([contrary]);
  let sources: readonly PipelineSource[] = [];
  const onSources = (found: readonly PipelineSource[]): void => {
    sources = found;
    options.onSources?.(found);
  };
  const opened = await openPipeline({ ...options, file, onSources });
  if (!opened.ok) return opened;
  const wrong = wrongLabels(options, opened.value.project.store);
  if (wrong !== undefined) return failure([wrong]);
  const selected = selectStages(opened.value, options);
  if (!selected.ok) return selected;
  const workspace = await openWorkspace(opened.value);
  if (!workspace.ok) return workspace;
  try {
    const prepared = { pipeline: opened.value, workspace: workspace.value, selected: selected.value };
    if (options.engine !== 'temporal') return await execute(file, options, prepared);
    const { openCluster } = await import('./cluster/open-cluster.ts');
    const elsewhere = { ...prepared, request: { ...options, file }, sources };
    const cluster = await openCluster(elsewhere);
    if (!cluster.ok) return cluster;
    try {
      return await execute(file, { ...options, remote: false }, prepared, { ...elsewhere, cluster: cluster.value });
    } finally {
      await cluster.value.close();
    }
  } finally {
    await workspace.value.hasher.close();
  }
}

/** What one engine can do and the other one cannot. */
function contraryOptions({ engine, audit, remote, pull }: RunOptions): Problem | undefined {
  if (engine !== 'temporal') {
    if (pull !== false) return undefined;
    const message = 'where to leave results is said of runs on a cluster: those of this machine are here';
    return { code: 'bad-option', message, hint: 'leave out --no-pull, or add --engine temporal' };
  }
  if (audit !== undefined) {
    const message = 'the engine temporal makes no audits: they compare with what is in the store of this machine';
    return { code: 'bad-option', message, hint: 'audit with --engine local, after `pipeline pull`' };
  }
  if (remote === false) {
    const message = 'the engine temporal works by way of the remote, which --no-remote switches off';
    return { code: 'bad-option', message, hint: 'leave out --no-remote, or --engine temporal' };
  }
  return undefined;
}

type Elsewhere = Snapshotted & { readonly cluster: ReadyCluster };

interface Prepared {
  readonly pipeline: OpenedPipeline;
  readonly workspace: Workspace;
  readonly selected: SelectedStages;
}

async function execute(
  file: string,
  options: RunOptions,
  prepared: Prepared,
  elsewhere?: Elsewhere,
): Promise<Result<FinishedRun, readonly Problem[]>> {
  const memory = dataMemory(process.env);
  if (!memory.ok) return failure([memory.error]);
  const behind = await openRemote(prepared.pipeline.project, options.remote);
  if (!behind.ok) return failure([behind.error]);
  const { onEvent, signal = new AbortController().signal } = options;
  const clock = steadyClock(options.clock ?? Date.now);
  const { spec, project } = prepared.pipeline;
  const { targets } = prepared.selected;
  const jobs = options.jobs ?? project.jobs;
  const run = nextRunId(project.store, clock);
  const recorder = await startRecord({
    run,
    started: clock(),
    request: { ...options, file },
    definition: {
      name: spec.name,
      text: spec.source.text,
      params: spec.params,
      backend: prepared.workspace.backend,
      ...(targets === undefined ? {} : { targets: [...targets] }),
    },
    project,
    environment: prepared.workspace.environment,
  });
  if (!recorder.ok) return failure([recorder.error]);
  // Only now: what a run that never began was to be called would stay taken.
  const labelled = await labelRun(options, run, project.store);
  if (!labelled.ok) {
    await finishRecord(recorder.value, run, 'failed');
    return failure([labelled.error]);
  }
  const events = plainEvents();
  const emit = (event: PipelineEvent): void => {
    recorder.value.emit(event);
    events.add(event);
    onEvent?.(event);
  };
  const warn = (message: string): void => {
    emit({ type: 'warning', message, time: clock() });
  };
  const store =
    behind.value === undefined
      ? prepared.workspace.store
      : backedStore(prepared.workspace.store, { ...behind.value, warn, signal });
  const executor = openLocalExecutor({
    entry: options.stageProcess ?? programFile('stage-process.js'),
    size: jobs,
    projectFolder: project.folder,
    downloadFolder: prepared.workspace.store.downloadFolder,
    loadMilliseconds: nativePatienceMs(),
  });
  let status: RunStatus = 'failed';
  let finished: FinishedRun;
  let isGrown = false;
  const began = performance.now();
  try {
    if (elsewhere !== undefined) {
      const { runOnTemporal } = await import('./cluster/run-on-temporal.ts');
      const ended = await runOnTemporal({
        ...{ ...elsewhere, ...prepared, run, clock, signal, emit, jobs: options.jobs },
        keepGoing: options.keepGoing ?? true,
        pull: options.pull ?? true,
      });
      if (!ended.ok) return ended;
      ({ status, isGrown } = ended.value);
    } else {
      const result = await runStages({
        ...prepared.pipeline,
        ...prepared.workspace,
        ...prepared.selected,
        store,
        run,
        executor,
        clock,
        jobs,
        ...(project.resources === undefined ? {} : { resources: project.resources }),
        keepGoing: options.keepGoing ?? true,
        follow: (stage, hooks) => void followStage({ ...stage, folder: recordFolders(project.store).runs }, hooks),
        ...(options.audit === undefined ? {} : { audit: options.audit / 100 }),
        signal,
        emit,
      });
      status = result.status;
      isGrown = [...result.stages.values()].some((stage) => stage.status === 'ran');
    }
  } finally {
    await executor.close();
    behind.value?.remote.close();
    // Also where a bug ended the run: its events are what it is found by.
    finished = await finishRecord(recorder.value, run, status);
  }
  if (elsewhere === undefined)
    takeSnapshot({ ...prepared, request: { ...options, file }, events: events.all(), record: finished.record });
  return success(isGrown ? { ...finished, ...storeOverLimit(project, performance.now() - began) } : finished);
}
