import { failure, success, type Result } from '../base/result.ts';
import type { StageRecord } from '../core/stage-record.ts';
import type { Store } from '../core/store.ts';
import type { StageKey } from '../core/ids.ts';
import type { TransferReport, TransferredResult } from '../core/transfer.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { planPipeline } from '../engine/plan.ts';
import { backedStore } from '../store/remote/backed-store.ts';
import { openPipeline, type PipelineRequest } from './open-pipeline.ts';
import { openProject } from './open-project.ts';
import { type OpenedRemote, orRemoteProblem, requireRemote } from './open-remote.ts';
import { openStore, openWorkspace } from './open-workspace.ts';
import { type WantedResult, wantedOf } from './push.ts';
import { type Selection, selectStages } from './select-stages.ts';
import { orStoreProblem } from './store-problem.ts';

/** Whose results come. */
export interface PullOptions {
  /** A folder of the project. The process's own, if absent. */
  readonly cwd?: string;
  /** Whose results: as `pipeline runs` names them, the latest if absent. */
  readonly run?: string;
  readonly signal?: AbortSignal;
}

type Pulled = Result<TransferReport, readonly Problem[]>;

/**
 * Brings the results of a run here, which were taken away here meanwhile.
 * @returns what became of each result, or every problem
 * @throws `options.signal.reason`, if it is aborted; else what nobody foresaw
 */
export async function pullRun(options: PullOptions = {}): Promise<Pulled> {
  const { cwd = process.cwd(), signal = new AbortController().signal } = options;
  const project = await openProject(cwd);
  if (!project.ok) return project;
  const chosen = await wantedOf(cwd, options.run ?? 'latest');
  if (!chosen.ok) return chosen;
  const opened = await requireRemote(project.value);
  if (!opened.ok) return failure([opened.error]);
  const store = await openStore(project.value);
  if (!store.ok) return failure([store.error]);
  const { run, wanted } = chosen.value;
  return bringing(store.value, opened.value, {
    signal,
    async work(backed) {
      for (const { key } of wanted) await backed.lookup(key);
      return { run, wanted };
    },
  });
}

/**
 * Brings here what a pipeline would reuse: each stage whose key can be known, and that somebody ran. Runs nothing.
 * @returns what became of each result, or every problem of the pipeline or the remote
 * @throws `options.signal.reason`, if it is aborted; else what nobody foresaw
 */
export async function pullPipeline(
  file: string,
  options: Omit<PipelineRequest, 'file'> & Selection & Pick<PullOptions, 'signal'> = {},
): Promise<Pulled> {
  const opened = await openPipeline({ ...options, file });
  if (!opened.ok) return opened;
  const selected = selectStages(opened.value, options);
  if (!selected.ok) return selected;
  const remote = await requireRemote(opened.value.project);
  if (!remote.ok) return failure([remote.error]);
  const workspace = await openWorkspace(opened.value);
  if (!workspace.ok) return workspace;
  try {
    return await bringing(workspace.value.store, remote.value, {
      signal: options.signal ?? new AbortController().signal,
      async work(store) {
        const plan = await planPipeline({ ...opened.value, ...workspace.value, ...selected.value, store });
        // What waits for others has no key yet: it is none of what could be brought.
        return { wanted: plan.flatMap((stage) => ('key' in stage ? [{ stage: stage.id, key: stage.key }] : [])) };
      },
    });
  } finally {
    await workspace.value.hasher.close();
  }
}

interface Bringing {
  readonly signal: AbortSignal;
  /** Looks up in the store what is to be here. */
  readonly work: (store: Store) => Promise<Pick<TransferReport, 'run'> & { readonly wanted: readonly WantedResult[] }>;
}

async function bringing(store: Store, { remote }: OpenedRemote, { signal, work }: Bringing): Promise<Pulled> {
  const brought = new Set<StageKey>();
  let bytes = 0;
  const backed = backedStore(store, {
    remote,
    access: 'read',
    signal,
    brought(record: StageRecord, size: number) {
      brought.add(record.key);
      bytes += size;
    },
  });
  try {
    const done = await orStoreProblem(orRemoteProblem(work(backed)));
    if (!done.ok) return failure([done.error]);
    if (!done.value.ok) return failure([done.value.error]);
    const { wanted, ...run } = done.value.value;
    const results: TransferredResult[] = [];
    for (const { stage, key } of wanted) {
      const isHere = (await store.lookup(key)) !== undefined;
      results.push({ stage, key, outcome: brought.has(key) ? 'moved' : isHere ? 'there' : 'absent' });
    }
    return success({ remote: remote.name, ...run, results, bytes });
  } finally {
    remote.close();
  }
}
