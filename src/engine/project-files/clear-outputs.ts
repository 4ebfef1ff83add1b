import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { constants } from 'node:fs';
import { isErrno } from '../../base/errno.ts';
import type { CommandPath } from '../../core/command.ts';
import type { StageSpec } from '../../core/pipeline-spec.ts';
import type { ActiveRun } from '../run-context.ts';
import { filesAt } from './outputs-on-disk.ts';
import { unfinishedOutputs } from './unfinished.ts';

/**
 * Takes away what lies at outputs, so that nothing old can pass for something new. What is in the store is not lost by it; what a
 * person has written there is put aside, and told of.
 * @param stays files that are as they should be
 */
export async function clearOutputs(
  run: ActiveRun,
  spec: StageSpec,
  outputs: readonly CommandPath[],
  stays: (path: string) => boolean = () => false,
): Promise<void> {
  const { context } = run;
  const { folder } = context.spec;
  const unfinished = unfinishedOutputs(context.store, folder);
  const kept: string[] = [];
  for (const { path: output } of outputs) {
    const halfMade = unfinished.has(output);
    let anyStays = false;
    for (const { path, kind } of filesAt(folder, output)) {
      if (kind === 'file' && stays(path)) anyStays = true;
      else if (kind === 'file' && !halfMade && !(await isInStore(run, join(folder, path)))) {
        await putAside(join(folder, path), join(context.store.replacedFolder, context.run, path));
        kept.push(path);
      } else await rm(join(folder, path), { force: true });
    }
    // Folders without files are not kept, and may not be left either.
    if (!anyStays) await rm(join(folder, output), { recursive: true, force: true });
  }
  if (kept.length > 0) warnOfKept(run, spec, kept);
}

async function isInStore({ context: { hasher, store } }: ActiveRun, path: string): Promise<boolean> {
  try {
    await store.objectPath(await hasher.look(path));
    return true;
  } catch {
    // Neither, where it cannot be read.
    return false;
  }
}

async function putAside(path: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  try {
    await rename(path, to);
  } catch (error) {
    if (!isErrno(error, 'EXDEV')) throw error;
    await copyFile(path, to, constants.COPYFILE_FICLONE);
    await rm(path);
  }
}

function warnOfKept(run: ActiveRun, spec: StageSpec, kept: readonly string[]): void {
  const shown = kept.slice(0, MOST_NAMED).join(', ');
  const more = kept.length > MOST_NAMED ? ` and ${kept.length - MOST_NAMED} more` : '';
  const place = join(run.context.store.replacedFolder, run.context.run);
  const message = `${shown}${more} had content that no stage made; it was moved to ${place}`;
  run.emit({ type: 'warning', stage: spec.id, message });
}

const MOST_NAMED = 3;
