import { readFile } from 'node:fs/promises';
import { StageFailure } from '../../core/stage-runner.ts';
import type { StageContext } from '../../core/stage-runner.ts';
import { decompress } from './gunzip.ts';

/** A file as the person named it, and where: `/with/files/trainImages`. */
export interface PersonsFile {
  readonly path: string;
  readonly pointer: string;
}

/** @returns its bytes, decompressed if it is compressed with gzip @throws StageFailure */
export async function readPersonsFile(context: StageContext, file: PersonsFile): Promise<Uint8Array> {
  let raw: Uint8Array;
  try {
    raw = await readFile(context.resolvePath(file.path), { signal: context.signal });
  } catch (error) {
    context.signal.throwIfAborted();
    throw unreadable(file, error);
  }
  const decompressed = await decompress(raw);
  if (decompressed.ok) return decompressed.value;
  throw fileFailure(file, decompressed.error);
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
