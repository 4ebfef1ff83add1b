import { isErrno } from '../base/errno.ts';
import { StoreError } from './store-error.ts';

/** Does something to the store at `root`; what the file system refuses comes as a StoreError in words, all else as it is. */
export async function usable<T>(root: string, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw inWords(root, error);
  }
}

function inWords(root: string, error: unknown): unknown {
  const words = isErrno(error) ? WORDS.get(error.code) : undefined;
  if (!isErrno(error) || words === undefined) return error;
  const place = error.path === undefined ? '' : ` (at ${error.path})`;
  return new StoreError(`the store ${root} ${words.message}${place}`, { hint: words.hint, cause: error });
}

const ELSEWHERE = 'name another folder for the store in the project file';

/** Whether a disk is full, or what may be written to it is. */
export function isDiskFull(error: unknown): boolean {
  return isErrno(error) && WORDS.get(error.code) === FULL;
}

export const FULL: Words = {
  message: 'cannot be written to: its disk is full',
  hint: 'make room, or name a store on another disk in the project file; what was stored before is unharmed',
};
const FORBIDDEN: Words = { message: 'cannot be used: permission was denied', hint: `make it yours, or ${ELSEWHERE}` };
const FAILING: Words = { message: 'cannot be used: its disk reports errors', hint: ELSEWHERE };
const IN_THE_WAY: Words = { message: 'cannot be used: a file is where a folder should be', hint: ELSEWHERE };

/** What a person can mend, by the system's code; anything else is a bug and keeps its stack. */
const WORDS: ReadonlyMap<string, Words> = new Map([
  ['ENOSPC', FULL],
  ['EDQUOT', FULL],
  ['EFBIG', FULL],
  ['EACCES', FORBIDDEN],
  ['EPERM', FORBIDDEN],
  ['EROFS', { message: 'cannot be written to: its file system is read-only', hint: ELSEWHERE }],
  ['EIO', FAILING],
  ['ESTALE', FAILING],
  ['ENOTDIR', IN_THE_WAY],
  ['EEXIST', IN_THE_WAY],
  ['EISDIR', { message: 'cannot be used: a folder is where a file should be', hint: 'remove that folder' }],
  ['ELOOP', { message: 'cannot be used: its links lead in a circle', hint: ELSEWHERE }],
  ['ENAMETOOLONG', { message: 'cannot be used: its path is too long', hint: ELSEWHERE }],
  [
    'EMFILE',
    { message: 'cannot be used: too many files are open', hint: 'raise the limit (ulimit -n), or use fewer jobs' },
  ],
  ['ENOENT', { message: 'lost a part while it was in use', hint: 'run again: what is missing is made again' }],
]);

interface Words {
  readonly message: string;
  readonly hint: string;
}
