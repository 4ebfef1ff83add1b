import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Leaves the files of a folder that were written or touched last. */
export function sweepFolder(folder: string, most: number): void {
  const files = readdirSync(folder).map((name) => join(folder, name));
  if (files.length <= most) return;
  const usedAt = new Map(files.map((file) => [file, statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0]));
  files.sort((a, b) => (usedAt.get(b) ?? 0) - (usedAt.get(a) ?? 0));
  for (const file of files.slice(most)) rmSync(file, { force: true });
}
