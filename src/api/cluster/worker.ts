import { setMaxListeners } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Digest, sha256 } from '../../base/hash.ts';
import { type Result, failure, success } from '../../base/result.ts';
import { steadyClock } from '../../base/steady-clock.ts';
import type { BackendName, ProjectSettings } from '../../core/pipeline-spec.ts';
import type { Store } from '../../core/store.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import { openLocalExecutor } from '../../engine/local/pool.ts';
import { Places } from '../../engine/places.ts';
import { temporalServer } from '../../engine/temporal/connection.ts';
import { findTemporalSdk } from '../../engine/temporal/sdk.ts';
import type { OpenedRun } from '../../engine/temporal/stage-work.ts';
import { type StageWorker, startWorker } from '../../engine/temporal/worker.ts';
import { openFileHasher } from '../../fingerprint/file-hasher.ts';
import type { RemoteStore } from '../../store/remote/remote-store.ts';
import { sharedStore } from '../../store/remote/shared-store.ts';
import { describeBackend } from '../../tensor/facts.ts';
import { chooseBackend } from '../choose-backend.ts';
import { nativePatienceMs } from '../native-patience.ts';
import { openPipeline } from '../open-pipeline.ts';
import { openProject } from '../open-project.ts';
import { requireRemote } from '../open-remote.ts';
import { openStore } from '../open-workspace.ts';
import { programFile } from '../program-file.ts';
import { remoteNotes } from './notes.ts';
import { ownPins } from './pins.ts';
import { layOutSnapshot, variableName } from './snapshot.ts';

export interface WorkerRequest {
  /** A folder of the project. */
  readonly cwd: string;
  /** `gpu`, `memory`, `default`: see poolOf. */
  readonly queues: readonly string[];
  /** Stages at once, in each queue; the project's, if absent. */
  readonly jobs?: number;
  /** The project's, if absent. */
  readonly backend?: BackendName;
}

/** A worker of this machine: takes stages of the cluster's runs, until it is stopped. */
export async function openWorker(request: WorkerRequest): Promise<Result<StageWorker, readonly Problem[]>> {
  const project = await openProject(request.cwd);
  if (!project.ok) return project;
  const sdk = findTemporalSdk(project.value.folder);
  if (!sdk.ok) return failure([sdk.error]);
  const server = temporalServer(sdk.value, project.value.temporal);
  if (!server.ok) return failure([server.error]);
  const backend = chooseBackend(request.backend ?? project.value.backend, project.value);
  if (!backend.ok) return failure([backend.error]);
  const remote = await requireRemote(project.value);
  if (!remote.ok) return failure([remote.error]);
  const store = await openStore(project.value);
  if (!store.ok) return failure([store.error]);
  const own: Own = {
    ...{ project: project.value, remote: remote.value.remote, store: store.value },
    jobs: request.jobs ?? project.value.jobs,
    backend: backend.value === 'native' ? 'native' : 'wasm',
    folder: mkdtempSync(join(tmpdir(), 'pipeline-worker-')),
  };
  const runs = openedRuns(own, request.queues.length);
  const worker = await startWorker({
    ...{
      sdk: sdk.value,
      ...server.value,
      prefix: project.value.temporal.prefix,
      pools: request.queues,
      jobs: own.jobs,
    },
    pins: ownPins({ ...describeBackend(own.backend, project.value.folder) }),
    name: `${hostname()}:${process.pid}`,
    workflow: programFile('temporal-workflow.js'),
    open: ({ snapshot }) => runs.open(snapshot),
  });
  const close = async (): Promise<void> => {
    await runs.close();
    remote.value.remote.close();
    await rm(own.folder, { recursive: true, force: true });
  };
  if (!worker.ok) {
    await close();
    return failure([worker.error]);
  }
  return success({
    stop: () => {
      worker.value.stop();
    },
    run: () => worker.value.run().finally(close),
  });
}

interface Own {
  readonly project: ProjectSettings;
  readonly remote: RemoteStore;
  readonly store: Store;
  readonly jobs: number;
  readonly backend: BackendName;
  /** This process' alone. */
  readonly folder: string;
}

/** What stages of runs are given: each snapshot is laid out and read once. */
function openedRuns(own: Own, queues: number): { open(snapshot: Digest): Promise<OpenedRun>; close(): Promise<void> } {
  const { project, remote, store: local, jobs, folder } = own;
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const store = sharedStore(local, remote, signal);
  const resources = project.resources ?? {};
  const places = new Places(jobs * queues, resources);
  const opened = new Map<Digest, Promise<OpenedRun & { close(): Promise<void> }>>();

  async function openRun(digest: Digest): Promise<OpenedRun & { close(): Promise<void> }> {
    const own_ = join(folder, digest.slice(0, 16));
    await rm(own_, { recursive: true, force: true });
    const snapshot = await layOutSnapshot(digest, { remote, folder: own_, signal });
    const pipeline = await openPipeline({ ...snapshot.request, cwd: own_ });
    if (!pipeline.ok)
      throw new Error(`the snapshot cannot be read: ${pipeline.error.map(({ message }) => message).join('; ')}`);
    const hasher = await openFileHasher(join(own_, '.git', 'file-hashes.json'));
    const { backend } = snapshot.request;
    const executor = openLocalExecutor({
      entry: programFile('stage-process.js'),
      size: jobs * queues,
      projectFolder: pipeline.value.spec.folder,
      downloadFolder: local.downloadFolder,
      loadMilliseconds: nativePatienceMs(),
    });
    return {
      places,
      resources,
      store,
      notes: remoteNotes(remote),
      context: {
        ...pipeline.value,
        ...{ store, hasher, backend, executor, jobs, keepGoing: true, clock: steadyClock(Date.now) },
        environment: { ...describeBackend(backend, project.folder) },
        variables: {
          values: process.env,
          digestOf: (name, value) =>
            snapshot.variables[variableName(name, value)] ?? sha256(`unknown variable ${name}`),
        },
      },
      async close() {
        await executor.close();
        await hasher.close();
      },
    };
  }

  return {
    open(digest) {
      const before = opened.get(digest);
      if (before !== undefined) return before;
      const opening = openRun(digest);
      opened.set(digest, opening);
      opening.catch(() => opened.delete(digest));
      return opening;
    },
    async close() {
      const all = await Promise.allSettled(opened.values());
      for (const each of all) if (each.status === 'fulfilled') await each.value.close();
    },
  };
}
