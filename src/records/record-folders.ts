import { join } from 'node:path';

/** Where records lie in a store's folder. */
export interface RecordFolders {
  readonly runs: string;
  readonly pins: string;
  readonly labels: string;
}

export function recordFolders(store: string): RecordFolders {
  return { runs: join(store, 'runs'), pins: join(store, 'pins'), labels: join(store, 'labels') };
}
