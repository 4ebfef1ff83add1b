import { setMaxListeners } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, sha256 } from '../../base/hash.ts';
import { steadyClock } from '../../base/steady-clock.ts';
import type { BackendName, ProjectSettings } from '../../core/pipeline-spec.ts';
import type { Store } from '../../core/store.ts';
import { openLocalExecutor } from '../../engine/local/pool.ts';
import { Places } from '../../engine/places.ts';
import { type OpenedRun, commonToStages } from '../../engine/temporal/worker/opened-run.ts';
import { openFileHasher } from '../../fingerprint/file-hasher.ts';
import type { RemoteStore } from '../../store/remote/remote-store.ts';
import { type SharedStore, sharedStore } from '../../store/remote/shared-store.ts';
import { describeBackend } from '../../tensor/facts.ts';
import { nativePatienceMs } from '../native-patience.ts';
import { openPipeline } from '../open-pipeline.ts';
import { programFile } from '../program-file.ts';
import { remoteNotes } from './notes.ts';
import { layOutSnapshot, variableName } from './snapshot.ts';

export interface RunsOptions {
  readonly project: ProjectSettings;
  readonly remote: RemoteStore;
  readonly store: Store;
  /** Stages at once, of each queue. */
  readonly jobs: number;
  readonly queues: number;
  readonly backend: BackendName;
  /** This process' alone. */
  readonly folder: string;
}

export interface OpenedRuns {
  /** Each snapshot is laid out and read once, as long as its stages come one upon the other. */
  within<T>(snapshot: Digest, work: (opened: OpenedRun) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** What a worker has of the runs whose stages it is given. */
export function openedRuns(options: RunsOptions): OpenedRuns {
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const { project, store, remote, jobs, queues } = options;
  const shared: Shared = {
    ...options,
    signal,
    shared: sharedStore(store, remote, signal),
    places: new Places(jobs * queues, project.resources ?? {}),
  };
  /** The last used is the last. */
  const opened = new Map<Digest, Opened>();

  /** Processes and files of those that nobody uses. */
  async function closeIdle(kept: number): Promise<void> {
    const idle = [...opened].filter(([, { users }]) => users === 0);
    for (const [snapshot, { run }] of idle.slice(0, Math.max(0, idle.length - kept))) {
      opened.delete(snapshot);
      await (await run).close();
    }
  }

  return {
    async within(snapshot, work) {
      const used = opened.get(snapshot) ?? { run: openRun(snapshot, shared), users: 0 };
      opened.delete(snapshot);
      opened.set(snapshot, used);
      used.users++;
      try {
        return await work(
          await used.run.catch((error: unknown) => {
            if (opened.get(snapshot) === used) opened.delete(snapshot);
            throw error;
          }),
        );
      } finally {
        used.users--;
        await closeIdle(KEPT);
      }
    },
    close: () => closeIdle(0),
  };
}

/** Between two stages of a run there may be some of others. */
const KEPT = 2;

interface Opened {
  readonly run: Promise<OpenedRun & { close(): Promise<void> }>;
  users: number;
}

interface Shared extends RunsOptions {
  readonly shared: SharedStore;
  readonly places: Places;
  readonly signal: AbortSignal;
}

async function openRun(digest: Digest, options: Shared): Promise<OpenedRun & { close(): Promise<void> }> {
  const { project, remote, store: local, shared: store, places, jobs, queues, signal } = options;
  await mkdir(options.folder, { recursive: true });
  // The one before it may be on its way out.
  const folder = await mkdtemp(join(options.folder, 'run-'));
  const snapshot = await layOutSnapshot(digest, { remote, folder, signal });
  const pipeline = await openPipeline({ ...snapshot.request, cwd: folder });
  if (!pipeline.ok)
    throw new Error(`the snapshot cannot be read: ${pipeline.error.map(({ message }) => message).join('; ')}`);
  const hasher = await openFileHasher(join(folder, '.git', 'file-hashes.json'));
  const { backend } = snapshot.request;
  const executor = openLocalExecutor({
    entry: programFile('stage-process.js'),
    size: jobs * queues,
    projectFolder: pipeline.value.spec.folder,
    downloadFolder: local.downloadFolder,
    loadMilliseconds: nativePatienceMs(),
  });
  const context: OpenedRun['context'] = {
    ...pipeline.value,
    ...{ store, hasher, backend, executor, jobs, keepGoing: true, clock: steadyClock(Date.now) },
    environment: { ...describeBackend(backend, project.folder) },
    variables: {
      values: process.env,
      digestOf: (name, value) => snapshot.variables[variableName(name, value)] ?? sha256(`unknown variable ${name}`),
    },
  };
  return {
    places,
    resources: project.resources ?? {},
    store,
    notes: remoteNotes(remote),
    context,
    inCommon: commonToStages(context, signal),
    async close() {
      await executor.close();
      await hasher.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
