import { failure, success, type Result } from '../base/result.ts';
import type { RemoteGcReport } from '../core/remote-gc.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { collectRemote } from '../store/remote/collect.ts';
import { notedIn } from './cluster/notes.ts';
import { resultsNeeded } from './gc.ts';
import { openProject } from './open-project.ts';
import { orRemoteProblem, requireRemote } from './open-remote.ts';

/** How much may stay there. */
export interface RemoteGcOptions {
  /** A folder of the project. The process's own, if absent. */
  readonly cwd?: string;
  /** Takes nothing away. */
  readonly dryRun?: boolean;
  /** Bytes of objects; none, if absent: only what no result names goes. */
  readonly limit?: number;
  /** Seconds: what is younger stays. Two days, if absent. */
  readonly grace?: number;
  readonly signal?: AbortSignal;
}

/**
 * Makes room in the project's remote, whoever else uses it. What runs here need stays, and those on a cluster that show signs of life;
 * of others elsewhere nothing is known.
 * @returns what went, or would go; or why the remote cannot be used
 * @throws `options.signal.reason`, if it is aborted; else what nobody foresaw
 */
export async function collectRemoteGarbage(
  options: RemoteGcOptions = {},
): Promise<Result<RemoteGcReport, readonly Problem[]>> {
  const { cwd = process.cwd(), dryRun = false, grace = 2 * 24 * 3600, limit } = options;
  const project = await openProject(cwd);
  if (!project.ok) return project;
  const opened = await requireRemote(project.value);
  if (!opened.ok) return failure([opened.error]);
  const { remote } = opened.value;
  try {
    const { results } = await resultsNeeded(project.value.store);
    const collected = await orRemoteProblem(
      collectRemote(remote, {
        ...(limit === undefined ? {} : { limit }),
        before: Date.now() - grace * 1000,
        notedIn,
        needed: new Set(results.map(({ key }) => key)),
        dryRun,
        signal: options.signal ?? new AbortController().signal,
      }),
    );
    return collected.ok ? success(collected.value) : failure([collected.error]);
  } finally {
    remote.close();
  }
}
