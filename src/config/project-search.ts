import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { LARGEST_TEXT } from './read-text.ts';

/** What a search for the project of a folder saw. */
export interface ProjectSearch {
  /** The nearest folder in which there is a project file. */
  readonly withFile?: string;
  /** The project without a file: the nearest folder with package.json or .git, else the one that was asked about. */
  readonly folder: string;
  /** Everything that decided it, folder by folder: the names that count, and the texts of files that could be the project's. */
  readonly seen: readonly SeenFolder[];
}

export interface SeenFolder {
  readonly folder: string;
  readonly names: readonly string[];
  readonly texts: Readonly<Record<string, string>>;
}

/** In the project's folder, where its file names no other. */
export const DEFAULT_STORE = 'artifacts';

const plainPlaces = [
  'pipeline.config.yaml',
  'pipeline.config.yml',
  'pipeline.config.json',
  '.pipelinerc',
  '.pipelinerc.json',
  '.pipelinerc.yaml',
  '.pipelinerc.yml',
];

/** In the order in which the first one wins. */
const searchPlaces: readonly string[] = [...plainPlaces, 'package.json'];

/** Looks at names before anybody loads cosmiconfig, which most runs do not need. Ends at a repository's root, or at home. */
export function searchProject(from: string): ProjectSearch {
  const seen: SeenFolder[] = [];
  let folder: string | undefined;
  for (let at = from; ; at = dirname(at)) {
    const names = namesIn(at);
    const candidates = searchPlaces.filter((name) => names.has(name));
    const texts = Object.fromEntries(candidates.map((name) => [name, textOf(join(at, name))]));
    const isRepository = names.has('.git');
    seen.push({ folder: at, names: isRepository ? [...candidates, '.git'] : candidates, texts });
    if (isRepository || names.has('package.json')) folder ??= at;
    const isPlain = candidates.some((name) => name !== 'package.json');
    if (isPlain || texts['package.json']?.includes('"pipeline"') === true) return { withFile: at, folder: at, seen };
    if (isRepository || at === homedir() || dirname(at) === at) return { folder: folder ?? from, seen };
  }
}

/**
 * What decides which project file a folder has, and where the project without one is: absolute, each there or not, of the folder
 * and of those above it, as far as `searchProject` looks.
 */
export function settingsPlaces(from: string): readonly string[] {
  const places: string[] = [];
  for (let at = from; ; at = dirname(at)) {
    places.push(...[...searchPlaces, '.git'].map((name) => join(at, name)));
    if (existsSync(join(at, '.git')) || at === homedir() || dirname(at) === at) return places;
  }
}

/** What a package.json says of pipelines. */
export function keyOfPackage(text: string): unknown {
  try {
    return (JSON.parse(text) as { pipeline?: unknown } | null)?.pipeline;
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): ReadonlySet<string> {
  try {
    return new Set(readdirSync(folder));
  } catch {
    return new Set();
  }
}

/** Who reads it for its settings says what is wrong with it. To open a pipe would wait for its writer. */
function textOf(path: string): string {
  try {
    const stats = statSync(path);
    return stats.isFile() && stats.size <= LARGEST_TEXT ? readFileSync(path, 'utf8') : '';
  } catch {
    return '';
  }
}
