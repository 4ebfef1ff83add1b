import { createReadStream, type BigIntStats } from 'node:fs';
import { link, mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { flushFolder } from '../../base/atomic-file.ts';
import { isErrno } from '../../base/errno.ts';
import { walkFolder } from '../../base/walk.ts';
import { RemoteError } from '../../core/remote-error.ts';
import type { ListedItem, LocalFile, RemoteItem, RemotePlace, WriteOptions } from '../../core/remote-place.ts';
import { StoreError } from '../../core/store-error.ts';
import { usable } from '../../core/usable.ts';
import { storeLayout } from '../layout.ts';
import { acquireLock } from '../lock.ts';
import { temporaryPath } from '../temporary.ts';
import { checkedPieces } from './checked-file.ts';

/** A folder that several machines see: a shared disk. Made when first written to. */
export function folderPlace(path: string): RemotePlace {
  const root = resolve(path);
  const pathOf = (name: string): string => join(root, name);
  const within = <T>(work: () => Promise<T>): Promise<T> => inWords(root, work);

  async function look(name: string): Promise<RemoteItem | undefined> {
    const found = await statOf(pathOf(name));
    return found?.isFile() === true ? itemOf(found) : undefined;
  }

  /** With its content on the disk. The caller renames or removes it. */
  async function half(content: string | LocalFile): Promise<string> {
    const temporary = await temporaryPath(join(root, 'tmp'), 'remote');
    const file = await open(temporary, 'wx', 0o444);
    try {
      if (typeof content === 'string') await file.writeFile(content);
      else for await (const piece of checkedPieces(content)) await file.write(piece);
      await file.sync();
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    } finally {
      await file.close();
    }
    return temporary;
  }

  return {
    name: root,
    look: (name) => within(() => look(name)),
    read: (name, { from = 0 }) =>
      within(async () => {
        const item = await look(name);
        if (item === undefined) return undefined;
        return { item, pieces: pieces(pathOf(name), root, from) };
      }),
    write: (name, content, options) =>
      within(async () => {
        const path = pathOf(name);
        const temporary = await half(content);
        try {
          options.signal.throwIfAborted();
          const isWritten = await inFolder(dirname(path), () => put(root, { temporary, path, name }, options));
          await flushFolder(dirname(path));
          return isWritten ? 'written' : 'refused';
        } finally {
          await rm(temporary, { force: true });
        }
      }),
    async *list(beginning) {
      for (const listed of await within(() => listedIn(root, beginning))) yield listed;
    },
    remove: (name) =>
      within(async () => {
        await rm(pathOf(name), { force: true });
        // Only where nothing else is in it: checkpoints come and go, and would leave a folder each.
        await rmdir(dirname(pathOf(name))).catch(() => undefined);
      }),
    removeUnfinished: (before) => within(() => removeOlder(join(root, 'tmp'), before)),
    close: () => undefined,
  };
}

/** Does it in the folder, which may be taken away just when it was made, since it is empty. */
async function inFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    await mkdir(folder, { recursive: true });
    try {
      return await work();
    } catch (error) {
      if (!isErrno(error, 'ENOENT') || attempt === MOST_ATTEMPTS) throw error;
    }
  }
}

const MOST_ATTEMPTS = 5;

interface HalfWritten {
  readonly temporary: string;
  readonly path: string;
  readonly name: string;
}

async function put(
  root: string,
  { temporary, path, name }: HalfWritten,
  { only, signal }: WriteOptions,
): Promise<boolean> {
  if (only === undefined) {
    await rename(temporary, path);
    return true;
  }
  if (only === 'absent') return linkNew(temporary, path);
  const layout = storeLayout(root);
  const lock = await acquireLock(layout, join(layout.locks, name.replaceAll('/', '-')), {
    signal,
    waiting: () => undefined,
  });
  try {
    const found = await statOf(path);
    if (found === undefined || itemOf(found).tag !== only.tag) return false;
    await rename(temporary, path);
    return true;
  } finally {
    await lock.release();
  }
}

/** A link is made as a whole or not at all, and never over another: the first one wins. */
async function linkNew(temporary: string, path: string): Promise<boolean> {
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    if (!isErrno(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS')) throw error;
    throw new RemoteError(
      `the folder ${dirname(path)} cannot keep two writers apart: its file system has no hard links`,
      {
        hint: 'name a folder on another file system as the remote',
        isLasting: true,
      },
    );
  }
}

async function* pieces(path: string, root: string, from: number): AsyncGenerator<Uint8Array, undefined> {
  try {
    yield* createReadStream(path, { start: from, highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>;
  } catch (error) {
    throw wordsFor(root, error);
  }
}

async function listedIn(root: string, beginning: string): Promise<readonly ListedItem[]> {
  const listed: ListedItem[] = [];
  const folder = beginning.replace(/\/$/, '');
  try {
    for (const { path, kind } of await walkFolder(join(root, folder))) {
      const found = kind === 'file' ? await statOf(join(root, folder, path)) : undefined;
      if (found !== undefined) listed.push({ name: `${folder}/${path}`, ...itemOf(found) });
    }
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
  return listed;
}

async function removeOlder(folder: string, before: number): Promise<number> {
  let count = 0;
  for (const name of await readdir(folder).catch(() => [])) {
    const found = await statOf(join(folder, name));
    if (found === undefined || Number(found.mtimeMs) >= before) continue;
    await rm(join(folder, name), { recursive: true, force: true });
    count++;
  }
  return count;
}

async function statOf(path: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

function itemOf({ size, mtimeMs, mtimeNs, ino }: BigIntStats): RemoteItem {
  return { bytes: Number(size), writtenAt: Number(mtimeMs), tag: `${ino}-${mtimeNs}-${size}` };
}

async function inWords<T>(root: string, work: () => Promise<T>): Promise<T> {
  try {
    return await usable(root, work);
  } catch (error) {
    throw wordsFor(root, error);
  }
}

/** What the file system refuses, in words; all else as it is. */
function wordsFor(root: string, error: unknown): unknown {
  if (error instanceof StoreError)
    return new RemoteError(error.message.replace(/^the store/, 'the remote'), {
      ...(error.hint === undefined ? {} : { hint: error.hint.replaceAll('store', 'remote') }),
    });
  if (error instanceof RemoteError || !isErrno(error)) return error;
  return new RemoteError(`the remote ${root} cannot be used: ${error.message}`);
}
