import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { isJsonObject } from '../base/json.ts';

const FOLDER = '/node_modules/';

/** Whether an import, or a name in the project file, means a file and not a package. */
export function isPath(specifier: string): boolean {
  return specifier.startsWith('.') || isAbsolute(specifier);
}

/** Whether a file is an installed package's; one that is linked from elsewhere lies elsewhere, and is the person's own. */
export function isPackageFile(path: string): boolean {
  return path.includes(FOLDER);
}

/** The folder of the package that a file is in: `/project/node_modules/@scope/name`. */
export function packageOf(path: string): string {
  const start = path.lastIndexOf(FOLDER) + FOLDER.length;
  const [first = '', second = ''] = path.slice(start).split('/');
  return path.slice(0, start) + (first.startsWith('@') ? `${first}/${second}` : first);
}

/**
 * `name@version` of every package that has one of these files, sorted. Beside its imported code, a package is its version: it may
 * read files, or load native code, that no import names.
 */
export function packageVersions(files: readonly string[]): readonly string[] {
  const folders = new Set(files.filter(isPackageFile).map(packageOf));
  return [...new Set([...folders].map(versionOf))].sort();
}

function versionOf(folder: string): string {
  const name = folder.slice(folder.lastIndexOf(FOLDER) + FOLDER.length);
  return `${name}@${readVersion(join(folder, 'package.json'))}`;
}

function readVersion(file: string): string {
  try {
    const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const version = isJsonObject(manifest) ? manifest['version'] : undefined;
    return typeof version === 'string' ? version : '';
  } catch {
    return '';
  }
}
