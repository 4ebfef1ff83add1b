import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { replaceFile } from '../../base/atomic-file.ts';
import { isErrno } from '../../base/errno.ts';
import { failure, success, type Result } from '../../base/result.ts';
import type { Problem } from '../../diagnostics/problem.ts';

export interface WrittenFile {
  readonly path: string;
  readonly bytes: string | Uint8Array;
}

/**
 * Writes files in place of those of the same name; each is whole at any instant, since others may read meanwhile.
 * @param folder as typed, relative to `cwd`; made where it is not there
 */
export async function writeFiles(
  cwd: string,
  folder: string,
  files: readonly WrittenFile[],
): Promise<Result<readonly string[], Problem>> {
  try {
    for (const { path, bytes } of files) {
      const place = resolve(cwd, folder, path);
      await mkdir(dirname(place), { recursive: true });
      await replaceFile(place, bytes);
    }
    return success(files.map(({ path }) => join(folder, path)));
  } catch (error) {
    if (!isErrno(error)) throw error;
    return failure({ code: 'file-unreadable', message: `nothing can be written to ${folder}: ${error.message}` });
  }
}
