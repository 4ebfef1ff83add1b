import { readdir } from 'node:fs/promises';

export interface FoundEntry {
  /** Relative to the folder walked, with `/`. */
  readonly path: string;
  readonly kind: 'file' | 'symlink' | 'other';
}

/** What lies in a folder and below it but the folders themselves, sorted by path (UTF-16 code units); links are not followed. */
export async function walkFolder(folder: string): Promise<readonly FoundEntry[]> {
  const found: FoundEntry[] = [];
  await walk(folder, '', found);
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function walk(folder: string, prefix: string, found: FoundEntry[]): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = `${prefix}${entry.name}`;
    if (entry.isDirectory()) await walk(`${folder}/${entry.name}`, `${path}/`, found);
    else found.push({ path, kind: entry.isFile() ? 'file' : entry.isSymbolicLink() ? 'symlink' : 'other' });
  }
}
