import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The first of these files that can be executed. */
export function firstProgram(paths: readonly (string | undefined)[]): string | undefined {
  return paths.find(isProgram);
}

/** Where a program of this name would be, in the order in which a shell looks. */
export function inPath(name: string): readonly string[] {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name));
}

function isProgram(path: string | undefined): path is string {
  if (path === undefined) return false;
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
