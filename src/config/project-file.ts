import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { keyOfPackage, type ProjectSearch } from './project-search.ts';
import { LARGEST_TEXT } from './read-text.ts';

/**
 * The project file that was found. Which of several in its folder it is, is cosmiconfig's to say. What is no ordinary file is not given
 * to it, since it would read a pipe or a device for ever: that is then the file, and whoever reads it says what is wrong with it.
 */
export async function projectFile({ withFile: folder, seen }: ProjectSearch): Promise<string | undefined> {
  const names = seen.find((each) => each.folder === folder)?.names ?? [];
  if (folder === undefined) return undefined;
  const candidates = names.filter((name) => name !== '.git' && kindOf(join(folder, name)) !== 'none');
  const odd = candidates.findIndex((name) => kindOf(join(folder, name)) === 'odd');
  const found = await search(folder, odd === -1 ? candidates : candidates.slice(0, odd));
  return found ?? (odd === -1 ? undefined : join(folder, candidates[odd] ?? ''));
}

function kindOf(path: string): 'text' | 'odd' | 'none' {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined || stats.isDirectory()) return 'none';
    if (!stats.isFile() || stats.size > LARGEST_TEXT) return 'odd';
    readOneByte(path);
    return 'text';
  } catch {
    return 'odd';
  }
}

/** @throws what the system says where it cannot */
function readOneByte(path: string): void {
  const file = openSync(path, 'r');
  try {
    readSync(file, Buffer.alloc(1));
  } finally {
    closeSync(file);
  }
}

/**
 * With cosmiconfig's explorer itself: its function `cosmiconfig` first looks in the working folder for settings of its own, and so
 * executes `.config/config.js` there, and throws where a package.json is no JSON.
 */
async function search(folder: string, searchPlaces: readonly string[]): Promise<string | undefined> {
  if (searchPlaces.length === 0) return undefined;
  const { ExplorerSync } = (await import('cosmiconfig/dist/ExplorerSync.js')) as unknown as Cosmiconfig;
  const load = (_path: string, text: string): unknown => ({ pipeline: keyOfPackage(text) });
  const explorer = new ExplorerSync({
    moduleName: 'pipeline',
    searchPlaces,
    loaders: { '.json': load, '.yaml': load, '.yml': load, noExt: load },
    searchStrategy: 'none',
    metaConfigFilePath: null,
    ignoreEmptySearchPlaces: true,
    applyPackagePropertyPathToConfiguration: false,
    mergeImportArrays: false,
    mergeSearchPlaces: false,
    cache: false,
    transform: (result) => result,
  });
  return explorer.search(folder)?.filepath;
}

/** Of its module ExplorerSync.js, which has no types: the version is pinned. */
interface Cosmiconfig {
  readonly ExplorerSync: new (
    options: Readonly<Record<string, unknown>> & { readonly transform: (result: unknown) => unknown },
  ) => { search(from: string): { readonly filepath: string } | null };
}
