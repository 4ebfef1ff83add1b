import { rm } from 'node:fs/promises';
import { failure, success, type Result } from '../base/result.ts';
import type { RemoteVerifyReport } from '../core/remote-verify.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { verifyRemote } from '../store/remote/verify.ts';
import { openProject } from './open-project.ts';
import { orRemoteProblem, requireRemote } from './open-remote.ts';
import { openStore } from './open-workspace.ts';

/** What is done with what is damaged. */
export interface RemoteVerifyOptions {
  /** A folder of the project. The process's own, if absent. */
  readonly cwd?: string;
  /** Takes damaged things away, so that what needs them is made again. */
  readonly repair?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Reads every record of the project's remote, and every object that one names; nothing is kept here.
 * @returns what is damaged, and whose it was; or why the remote cannot be used
 * @throws `options.signal.reason`, if it is aborted; else what nobody foresaw
 */
export async function verifyProjectRemote(
  options: RemoteVerifyOptions = {},
): Promise<Result<RemoteVerifyReport, readonly Problem[]>> {
  const { cwd = process.cwd(), repair = false, signal = new AbortController().signal } = options;
  const project = await openProject(cwd);
  if (!project.ok) return project;
  const opened = await requireRemote(project.value);
  if (!opened.ok) return failure([opened.error]);
  const { remote } = opened.value;
  try {
    const store = await openStore(project.value);
    if (!store.ok) return failure([store.error]);
    const folder = await store.value.makeStagingFolder();
    try {
      const verified = await orRemoteProblem(verifyRemote(remote, { repair, folder, signal }));
      return verified.ok ? success(verified.value) : failure([verified.error]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  } finally {
    remote.close();
  }
}
