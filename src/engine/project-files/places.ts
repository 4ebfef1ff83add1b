import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isErrno } from '../../base/errno.ts';
import type { CommandPath } from '../../core/command.ts';
import { StageFailure } from '../../core/stage-runner.ts';
import { originOf } from '../../diagnostics/origin.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import type { PlanContext, ReservedPath } from '../plan-context.ts';

export interface Places {
  /** Absolute: the project folder. */
  readonly folder: string;
  readonly reserved: readonly ReservedPath[];
}

/**
 * Why nothing may be made or removed at a path, if so: a link on the way leads out of the project folder, or it holds what belongs
 * to the program. To be asked again just before: links may come while a stage runs.
 */
function unsafePlace(
  { folder, reserved }: Places,
  path: string,
  known = new Map<string, string>(),
): string | undefined {
  const root = realFolder(folder, known);
  const parent = realFolder(dirname(join(folder, path)), known);
  if (!isInside(parent, root)) return `"${path}" lies at ${parent} in truth, outside of the project folder`;
  const real = join(parent, path.slice(path.lastIndexOf('/') + 1));
  if (real.slice(root.length).split('/').includes('.git')) return `"${path}" lies in .git, which belongs to Git alone`;
  for (const { path: kept, what, isFolder } of reserved) {
    const place = join(realFolder(dirname(kept), known), kept.slice(kept.lastIndexOf('/') + 1));
    if (isInside(place, real)) return `"${path}" is ${place === real ? what : `a folder that ${what} lies in`}`;
    if (isFolder && isInside(real, place)) return `"${path}" lies in ${what}`;
  }
  return undefined;
}

/** What can be told of outputs before anything runs: each place that is not safe, as a problem of the definition. */
export function outputPlaceProblems({
  spec,
  types,
  reserved,
}: Pick<PlanContext, 'spec' | 'types'> & Pick<Places, 'reserved'>): readonly Problem[] {
  const real = new Map<string, string>();
  return spec.stages.flatMap((stage) => {
    const outputs = types.get(stage.type)?.command?.(stage.options).outputs ?? [];
    return outputs.flatMap(({ path, pointer }): readonly Problem[] => {
      const why = unsafePlace({ folder: spec.folder, reserved }, path, real);
      const where = stage.locate(pointer);
      return why === undefined ? [] : [{ code: 'output-unsafe', message: why, where, hint: SAFE, ...originOf(where) }];
    });
  });
}

const SAFE = 'outputs lie inside the project folder, beside what belongs to the program';

/** @throws StageFailure where one of them is not safe */
export function requireSafePlaces(places: Places, paths: readonly CommandPath[]): void {
  for (const { path, pointer } of paths) {
    const why = unsafePlace(places, path);
    if (why !== undefined) throw new StageFailure('output-unsafe', `${why}; nothing was written there`, { pointer });
  }
}

/**
 * Where a folder really is, whether or not all of it is there yet.
 * @param known asked once for thousands of outputs
 */
function realFolder(path: string, known: Map<string, string>): string {
  const before = known.get(path);
  if (before !== undefined) return before;
  const real = lookForFolder(path, known);
  known.set(path, real);
  return real;
}

function lookForFolder(path: string, known: Map<string, string>): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'ENOTDIR') || dirname(path) === path) throw error;
    return join(realFolder(dirname(path), known), path.slice(path.lastIndexOf('/') + 1));
  }
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? folder : `${folder}/`);
}
