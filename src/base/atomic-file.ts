import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isErrno } from './errno.ts';

/**
 * Gives the file this content, whatever happens: after a kill or a power cut at any instant it has its old content or the new
 * one, and when the promise is kept it has the new one. Its folder must be there.
 */
export async function replaceFile(path: string, data: string | Uint8Array): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await writeFlushed(temporary, data);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await flushFolder(dirname(path));
}

/** The same, for who has nothing else to do meanwhile: the promises of the file system take a millisecond to load. */
export function replaceFlushedSync(path: string, data: string): void {
  const temporary = temporaryName(path);
  try {
    writeFileSync(temporary, data, { flag: 'wx' });
    flushSync(temporary);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  flushSync(dirname(path));
}

function flushSync(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } catch (error) {
    if (!isErrno(error, ...NOT_FOR_FOLDERS)) throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** Some network file systems have no such thing for folders; they write names through. */
const NOT_FOR_FOLDERS = ['EINVAL', 'ENOTSUP', 'EPERM'];

/** As replaceFile without waiting for the disk: atomic against a kill; a power cut may leave a damaged file, which its reader must bear. */
export function replaceFileSync(path: string, data: string | Uint8Array): void {
  const temporary = temporaryName(path);
  try {
    writeFileSync(temporary, data, { flag: 'wx' });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** A new file, on the disk when the promise is kept. */
export async function writeFlushed(path: string, data: string | Uint8Array, mode = 0o666): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(data);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Brings the folder's names to the disk: only then does a rename or a link outlive a power cut. */
export async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } catch (error) {
    if (!isErrno(error, ...NOT_FOR_FOLDERS)) throw error;
  } finally {
    await folder.close();
  }
}

/** Whether something of this name was half-written beside its place: where it stays, its writer was killed. */
export function isTemporaryName(name: string): boolean {
  return /\.\d+-[0-9a-f]{12}\.tmp$/.test(name);
}

function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}-${randomBytes(6).toString('hex')}.tmp`);
}
