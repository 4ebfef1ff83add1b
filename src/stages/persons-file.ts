/** Files that a person names in options. */
import { readFile } from 'node:fs/promises';
import { StageFailure } from '../core/stage-runner.ts';
import type { StageContext } from '../core/stage-runner.ts';

/** A file as the person named it, and where: `/with/files/trainImages`. */
export interface PersonsFile {
  readonly path: string;
  readonly pointer: string;
}

/** @returns its bytes @throws StageFailure */
export async function readPersonsFile(context: StageContext, file: PersonsFile): Promise<Uint8Array> {
  try {
    return await readFile(context.resolvePath(file.path), { signal: context.signal });
  } catch (error) {
    context.signal.throwIfAborted();
    throw unreadable(file, error);
  }
}

/** @param error of the system */
export function unreadable({ path, pointer }: PersonsFile, error: unknown): StageFailure {
  const { code } = error as NodeJS.ErrnoException;
  const message =
    code === 'ENOENT'
      ? `${path} is not there`
      : `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  return new StageFailure('input-missing', message, { pointer, cause: error });
}

/** @param message the rest of a sentence that begins with the file's name */
export function fileFailure({ path, pointer }: PersonsFile, message: string, hint?: string): StageFailure {
  return new StageFailure('bad-option', `${path} ${message}`, { pointer, ...(hint === undefined ? {} : { hint }) });
}
