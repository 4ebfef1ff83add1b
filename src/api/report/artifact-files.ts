import { open, readFile } from 'node:fs/promises';
import { isErrno } from '../../base/errno.ts';
import { sha256 } from '../../base/hash.ts';
import { isJsonObject, type JsonObject } from '../../base/json.ts';
import type { ArtifactRef } from '../../core/artifact.ts';
import { StoreError } from '../../core/store-error.ts';
import type { Store } from '../../core/store.ts';

/** The files of what a stage made, as far as the store still has them: undefined for what is gone, or is damaged. */
export interface ArtifactFiles {
  read(path: string): Promise<Uint8Array | undefined>;
  json(path: string): Promise<JsonObject | undefined>;
  /** Bytes of a large file, which is not looked at as a whole. */
  part(path: string, start: number, length: number): Promise<Uint8Array | undefined>;
}

export function artifactFiles(store: Pick<Store, 'objectPath'>, { files }: ArtifactRef): ArtifactFiles {
  const find = (path: string) => files.find((file) => file.path === path);
  const read = async (path: string): Promise<Uint8Array | undefined> => {
    const file = find(path);
    if (file === undefined) return undefined;
    const bytes = await orUndefined(async () => readFile(await store.objectPath(file.digest)));
    return bytes !== undefined && sha256(bytes) === file.digest ? bytes : undefined;
  };
  return {
    read,
    async json(path) {
      const bytes = await read(path);
      const value = bytes === undefined ? undefined : parsed(bytes);
      return isJsonObject(value) ? value : undefined;
    },
    part: async (path, start, length) => {
      const file = find(path);
      if (file === undefined || start < 0 || start + length > file.bytes) return undefined;
      return orUndefined(async () => {
        const handle = await open(await store.objectPath(file.digest));
        try {
          const bytes = new Uint8Array(length);
          const { bytesRead } = await handle.read(bytes, 0, length, start);
          return bytesRead === length ? bytes : undefined;
        } finally {
          await handle.close();
        }
      });
    },
  };
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

async function orUndefined<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof StoreError || isErrno(error, 'ENOENT', 'EIO')) return undefined;
    throw error;
  }
}
