import { failure, success, type Result } from '../base/result.ts';
import type { RunId, StageId, StageKey } from '../core/ids.ts';
import { DamagedFile } from '../core/remote-error.ts';
import type { StageRecord } from '../core/stage-record.ts';
import type { Store } from '../core/store.ts';
import type { TransferReport, TransferredResult } from '../core/transfer.ts';
import type { Problem } from '../diagnostics/problem.ts';
import type { RemoteStore } from '../store/remote/remote-store.ts';
import { openProject } from './open-project.ts';
import { orRemoteProblem, requireWritableRemote } from './open-remote.ts';
import { openStore } from './open-workspace.ts';
import { openRuns } from './runs.ts';
import { orStoreProblem } from './store-problem.ts';

/** Which results go. */
export interface PushOptions {
  /** A folder of the project. The process's own, if absent. */
  readonly cwd?: string;
  /** Whose results: as `pipeline runs` names them, the latest if absent. */
  readonly run?: string;
  /** Every result that is here, whosever it was. */
  readonly all?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Brings results from here to the project's remote. Nothing there is replaced.
 * @returns what became of each result, or every problem that kept it from starting or from going on
 * @throws `options.signal.reason`, if it is aborted; else what nobody foresaw
 */
export async function pushResults(options: PushOptions = {}): Promise<Result<TransferReport, readonly Problem[]>> {
  const { cwd = process.cwd(), all = false, signal = new AbortController().signal } = options;
  const project = await openProject(cwd);
  if (!project.ok) return project;
  const opened = await requireWritableRemote(project.value, signal);
  if (!opened.ok) return failure([opened.error]);
  const remote = opened.value;
  try {
    const store = await openStore(project.value);
    if (!store.ok) return failure([store.error]);
    const chosen = all
      ? success({ wanted: await allWanted(store.value) })
      : await wantedOf(cwd, options.run ?? 'latest');
    if (!chosen.ok) return chosen;
    const { wanted, run } = { run: undefined, ...chosen.value };
    const pushed = await orStoreProblem(orRemoteProblem(pushAll(store.value, remote, { wanted, signal })));
    if (!pushed.ok) return failure([pushed.error]);
    if (!pushed.value.ok) return failure([pushed.value.error]);
    return success({ remote: remote.name, ...(run === undefined ? {} : { run }), ...pushed.value.value });
  } finally {
    remote.close();
  }
}

export interface WantedResult {
  readonly stage: StageId;
  readonly key: StageKey;
}

/** The results of a run, each key once. */
export async function wantedOf(
  cwd: string,
  name: string,
): Promise<Result<{ readonly run: RunId; readonly wanted: readonly WantedResult[] }, readonly Problem[]>> {
  const runs = await openRuns(cwd);
  if (!runs.ok) return runs;
  const found = await runs.value.find(name);
  if (!found.ok) return failure([found.error]);
  const wanted = new Map<StageKey, WantedResult>();
  for (const { id, key, artifact } of found.value.stages)
    if (key !== undefined && artifact !== undefined && !wanted.has(key)) wanted.set(key, { stage: id, key });
  return success({ run: found.value.id, wanted: [...wanted.values()] });
}

async function allWanted(store: Store): Promise<readonly WantedResult[]> {
  return (await store.heads()).map(({ key, madeBy }) => ({ stage: madeBy.stage, key }));
}

interface Pushing {
  readonly wanted: readonly WantedResult[];
  readonly signal: AbortSignal;
}

async function pushAll(
  store: Store,
  remote: RemoteStore,
  { wanted, signal }: Pushing,
): Promise<Pick<TransferReport, 'results' | 'bytes'>> {
  const results: TransferredResult[] = [];
  let bytes = 0;
  // One after the other: the objects of each go several at once.
  for (const { stage, key } of wanted) {
    const record = await store.lookup(key);
    const pushed = record === undefined ? undefined : await pushOne(store, remote, { record, signal });
    bytes += pushed?.bytes ?? 0;
    results.push({ stage, key, outcome: pushed?.outcome ?? 'absent' });
  }
  return { results, bytes };
}

/** Undefined where an object was damaged here: that is away then, and the stage that makes it runs again. */
async function pushOne(
  store: Store,
  remote: RemoteStore,
  { record, signal }: { readonly record: StageRecord; readonly signal: AbortSignal },
): Promise<{ readonly outcome: TransferredResult['outcome']; readonly bytes: number } | undefined> {
  try {
    const published = await remote.publish(record, { pathOf: (digest) => store.objectPath(digest), signal });
    const bytes = published.sentBytes;
    if (published.record.artifact.digest !== record.artifact.digest) return { outcome: 'other', bytes };
    return { outcome: published.isNew || published.sentObjects > 0 ? 'moved' : 'there', bytes };
  } catch (error) {
    if (!(error instanceof DamagedFile)) throw error;
    await store.discardDamaged(error.digest);
    return undefined;
  }
}
