import { join } from 'node:path';

/** Where records lie in a store's folder. */
export function recordFolders(store: string): { readonly runs: string; readonly pins: string } {
  return { runs: join(store, 'runs'), pins: join(store, 'pins') };
}
