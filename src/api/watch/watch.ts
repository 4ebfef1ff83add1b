import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { Result } from '../../base/result.ts';
import { readProject } from '../../config/project.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import { openFileHasher } from '../../fingerprint/file-hasher.ts';
import { openStatCache } from '../../fingerprint/stat-cache.ts';
import type { PipelineRequest } from '../open-pipeline.ts';
import { requestSources } from '../pipeline-sources.ts';
import { type FinishedRun, type RunOptions, runPipeline } from '../run.ts';
import { openMonitor, type SameData } from './monitor.ts';

/** How a pipeline is run again and again. */
export type WatchOptions = Omit<RunOptions, 'onSources'> & {
  /** Told after each run, and of the problems that kept one from starting. What comes next waits for it. */
  readonly onResult?: (result: Result<FinishedRun, readonly Problem[]>) => void | Promise<void>;
  /** Told before each run but the first, what has changed: files as the person would name them. */
  readonly onChange?: (files: readonly string[]) => void;
  /** The same, told while a run goes on that began before; another one will follow it. */
  readonly onOutdated?: (files: readonly string[]) => void;
};

/**
 * Runs a pipeline, and again whenever something has changed that determines its results, until the signal is aborted. Problems,
 * failed stages and missed gates wait for a change as well. A run under way is not disturbed. `force` holds for the first run.
 * @returns when `options.signal` is aborted, and the run under way has been cancelled
 * @throws what `onResult` throws, or what nobody foresaw; problems of a pipeline go to `onResult`
 */
export async function watchPipeline(file: string, options: WatchOptions = {}): Promise<void> {
  const { onResult, onChange, onOutdated, force = [], ...rest } = options;
  const request: PipelineRequest = { ...rest, file };
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  const monitor = openMonitor(requestSources(request), sameData(request));
  let forced = force;
  try {
    while (!signal.aborted) {
      let isRunning = true;
      const change = monitor.change(signal).then((paths) => {
        const files = paths?.map((path) => asTyped(path, request));
        if (isRunning && files !== undefined) onOutdated?.(files);
        return files;
      });
      change.catch(() => undefined);
      const began = Date.now();
      const onSources: RunOptions['onSources'] = (sources) => {
        monitor.replace(sources, began);
      };
      const result = await runPipeline(file, { ...rest, force: forced, signal, onSources });
      isRunning = false;
      if (result.ok) forced = [];
      await onResult?.(result);
      const files = await change;
      if (files !== undefined) onChange?.(files);
      // What came since the change that was told, during a long run, is read by the next one too.
      monitor.refresh();
    }
  } finally {
    over.abort();
    monitor.close();
  }
}

/** By the digests that runs keep, so that a large file is read once after it was changed, as its stage would read it anyway. */
function sameData({ file, cwd = process.cwd() }: PipelineRequest): SameData {
  return async (path, before) => {
    const { project } = await readProject(dirname(resolve(cwd, file)), cwd);
    if (project === undefined || before.stamp === undefined) return false;
    const cacheFile = join(project.store, 'file-hashes.json');
    const known = openStatCache(cacheFile).find(path, before.stamp);
    if (known === undefined) return false;
    const hasher = await openFileHasher(cacheFile);
    try {
      return (await hasher.hash(path)) === known.digest;
    } catch {
      return false;
    } finally {
      await hasher.close();
    }
  };
}

function asTyped(path: string, { cwd = process.cwd() }: PipelineRequest): string {
  const fromHere = relative(cwd, path);
  return fromHere === '' || fromHere.startsWith('..') || isAbsolute(fromHere) ? path : fromHere;
}
