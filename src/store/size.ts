import { lstatSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { isErrno } from '../base/errno.ts';
import { storeLayout } from './layout.ts';

/**
 * Bytes of objects, records and checkpoints, as gc counts them.
 * @param milliseconds that looking may take: a file takes some microseconds, so a store of many of them is not looked through
 * @returns undefined where the time did not suffice, or something may not be looked at
 */
export function storeBytes(folder: string, { within: milliseconds }: { readonly within: number }): number | undefined {
  const { objects, keys, checkpointRoot } = storeLayout(resolve(folder));
  const end = performance.now() + milliseconds;
  let bytes = 0;
  const folders = [checkpointRoot, keys, objects];
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    if (performance.now() > end) return undefined;
    try {
      for (const entry of readdirSync(at, { withFileTypes: true })) {
        const path = `${at}/${entry.name}`;
        if (entry.isDirectory()) folders.push(path);
        else bytes += lstatSync(path, { throwIfNoEntry: false })?.size ?? 0;
      }
    } catch (error) {
      if (isErrno(error, 'ENOENT')) continue;
      if (isErrno(error)) return undefined;
      throw error;
    }
  }
  return bytes;
}
