import { realpathSync, statSync } from 'node:fs';
import { sep } from 'node:path';
import { isErrno } from '../base/errno.ts';

/**
 * Where a file of a run really is. Names come from the run's record, and a store may be somebody else's: undefined where the path, or a link
 * in it, leads out of the run's folder, or to what is no file.
 * @param folder of the run
 */
export function fileOfRun(folder: string, path: string): string | undefined {
  try {
    const real = realpathSync(path);
    return real.startsWith(realpathSync(folder) + sep) && statSync(real).isFile() ? real : undefined;
  } catch (error) {
    if (isErrno(error)) return undefined;
    throw error;
  }
}
