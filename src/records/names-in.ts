import { readdirSync } from 'node:fs';
import { isErrno } from '../base/errno.ts';

/** What lies in a folder, sorted; nothing in one that is not there. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}
