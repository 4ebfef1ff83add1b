import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { type Result, failure, success } from '../../base/result.ts';
import type { BackendName } from '../../core/pipeline-spec.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import { temporalServer } from '../../engine/temporal/connection.ts';
import { findTemporalSdk } from '../../engine/temporal/sdk.ts';
import { type StageWorker, startWorker } from '../../engine/temporal/worker/start-worker.ts';
import { describeBackend } from '../../tensor/facts.ts';
import { chooseBackend } from '../choose-backend.ts';
import { openProject } from '../open-project.ts';
import { requireWritableRemote } from '../open-remote.ts';
import { openStore, settledBackend } from '../open-workspace.ts';
import { programFile } from '../program-file.ts';
import { orStoreProblem } from '../store-problem.ts';
import { type RunsOptions, openedRuns } from './opened-runs.ts';
import { ownPins } from './pins.ts';
import { queueNames } from './queue-names.ts';

export interface WorkerRequest {
  /** A folder of the project. */
  readonly cwd: string;
  /** `gpu`, `memory`, `default`: see poolOf. */
  readonly queues: readonly string[];
  /** Stages at once, in each queue; the project's, if absent. */
  readonly jobs?: number;
  /** The project's, if absent. */
  readonly backend?: BackendName;
  /** Told what whoever looks after it should know: why it gave a stage back. */
  readonly onWarning?: (message: string) => void;
}

export interface OpenedWorker extends StageWorker {
  /** As stages have them. */
  readonly queues: readonly string[];
}

/** A worker of this machine: takes stages of the cluster's runs, until it is stopped. */
export async function openWorker(request: WorkerRequest): Promise<Result<OpenedWorker, readonly Problem[]>> {
  const queues = queueNames(request.queues);
  if (!queues.ok) return failure([queues.error]);
  const project = await openProject(request.cwd);
  if (!project.ok) return project;
  const sdk = findTemporalSdk(project.value.folder);
  if (!sdk.ok) return failure([sdk.error]);
  const server = temporalServer(sdk.value, project.value.temporal);
  if (!server.ok) return failure([server.error]);
  const backend = chooseBackend(request.backend ?? project.value.backend, project.value);
  if (!backend.ok) return failure([backend.error]);
  const remote = await requireWritableRemote(project.value);
  if (!remote.ok) return failure([remote.error]);
  const store = await openStore(project.value);
  if (!store.ok) return failure([store.error]);
  // Whose process is killed leaves it to the next writer.
  const folder = await orStoreProblem(store.value.makeStagingFolder());
  if (!folder.ok) return failure([folder.error]);
  const own: RunsOptions = {
    ...{ project: project.value, remote: remote.value, store: store.value },
    jobs: request.jobs ?? project.value.jobs,
    backend: await settledBackend(backend.value, project.value),
    queues: queues.value.length,
    folder: folder.value,
  };
  const runs = openedRuns(own);
  const worker = await startWorker({
    ...{
      sdk: sdk.value,
      ...server.value,
      prefix: project.value.temporal.prefix,
      pools: queues.value,
    },
    pins: ownPins({ ...describeBackend(own.backend, project.value.folder) }),
    name: `${hostname()}:${process.pid}`,
    workflow: programFile('temporal-workflow.js'),
    jobsIn: (pool) => jobsIn(pool, own),
    warn: request.onWarning ?? (() => undefined),
    within: ({ snapshot }, work) => runs.within(snapshot, work),
  });
  const close = async (): Promise<void> => {
    await runs.close();
    remote.value.close();
    await rm(own.folder, { recursive: true, force: true });
  };
  if (!worker.ok) {
    await close();
    return failure([worker.error]);
  }
  return success({
    queues: queues.value,
    stop: () => {
      worker.value.stop();
    },
    run: () => worker.value.run().finally(close),
  });
}

/** Stages of a pool at once: no more than there is of what each of them asks for. */
function jobsIn(pool: string, { jobs, project: { resources = {} } }: RunsOptions): number {
  const room = pool.split('+').flatMap((name) => resources[name] ?? []);
  return Math.max(1, Math.min(jobs, ...room));
}
