import { failure, success, type Result } from '../base/result.ts';
import { RemoteError } from '../core/remote-error.ts';
import type { RemoteAccess } from '../core/remote-settings.ts';
import type { ProjectSettings } from '../core/pipeline-spec.ts';
import type { Store } from '../core/store.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { backedStore } from '../store/remote/backed-store.ts';
import type { RemoteStore } from '../store/remote/remote-store.ts';

export interface OpenedRemote {
  readonly remote: RemoteStore;
  readonly access: RemoteAccess;
}

const SWITCH = 'PIPELINE_REMOTE';

/**
 * Undefined where the project has none, or it is switched off. Nothing is asked of it yet.
 * @param isWanted `false`: the caller switches it off
 */
export async function openRemote(
  project: ProjectSettings,
  isWanted = true,
): Promise<Result<OpenedRemote | undefined, Problem>> {
  const { remote: settings, folder } = project;
  if (settings === undefined || !isWanted) return success(undefined);
  const wanted = process.env[SWITCH] ?? '';
  switch (wanted) {
    case 'off':
      return success(undefined);
    case '':
    case 'read':
      break;
    default:
      return failure({
        code: 'bad-option',
        message: `the environment variable ${SWITCH} is ${JSON.stringify(wanted)}, neither "off" nor "read"`,
        hint: 'off: as if there were no remote; read: what is made here is not brought there',
      });
  }
  const [{ openPlace }, { openRemoteStore }] = await Promise.all([
    import('../store/remote/open-place.ts'),
    import('../store/remote/remote-store.ts'),
  ]);
  const place = await orRemoteProblem(openPlace(settings, folder));
  if (!place.ok) return place;
  return success({ remote: openRemoteStore(place.value), access: wanted === 'read' ? 'read' : settings.access });
}

interface Looking {
  readonly remote?: boolean;
  readonly warn: (message: string) => void;
  readonly signal?: AbortSignal;
}

/** A store for who only looks: what the remote has is found, and stays there. */
export async function lookingStore(
  store: Store,
  project: ProjectSettings,
  { remote, warn, signal = new AbortController().signal }: Looking,
): Promise<Result<{ readonly store: Store; close(): void }, Problem>> {
  const opened = await openRemote(project, remote);
  if (!opened.ok) return opened;
  const behind = opened.value;
  if (behind === undefined) return success({ store, close: () => undefined });
  return success({
    store: backedStore(store, { ...behind, fetches: false, warn, signal }),
    close: () => {
      behind.remote.close();
    },
  });
}

/** For commands that are about the remote. */
export async function requireRemote(project: ProjectSettings): Promise<Result<OpenedRemote, Problem>> {
  const opened = await openRemote(project);
  if (!opened.ok) return opened;
  if (opened.value !== undefined) return success(opened.value);
  return failure(
    project.remote === undefined
      ? {
          code: 'remote-unusable',
          message: 'the project has no remote',
          hint: 'the project file names one: remote: { s3: { bucket: my-artifacts } }; see docs/remote.md',
        }
      : { code: 'remote-unusable', message: `the remote is switched off: ${SWITCH} is off` },
  );
}

/** For what works by way of the remote: one that answers, and may be written to. */
export async function requireWritableRemote(
  project: ProjectSettings,
  signal: AbortSignal = new AbortController().signal,
): Promise<Result<RemoteStore, Problem>> {
  const opened = await requireRemote(project);
  if (!opened.ok) return opened;
  const { remote, access } = opened.value;
  const prepared =
    access === 'read'
      ? failure<Problem>({
          code: 'remote-unusable',
          message: `the remote ${remote.name} is only read: access: read`,
          hint: `the project file says so, or the environment variable ${SWITCH}`,
        })
      : await orRemoteProblem(remote.prepare(signal));
  if (prepared.ok) return success(remote);
  remote.close();
  return prepared;
}

export async function orRemoteProblem<T>(work: Promise<T>): Promise<Result<T, Problem>> {
  try {
    return success(await work);
  } catch (error) {
    if (error instanceof RemoteError) return failure(error.problem);
    throw error;
  }
}
