import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isGlob, parseGlob, type Glob } from '../base/glob.ts';
import type { PipelineSpec, ProjectSettings } from '../core/pipeline-spec.ts';
import type { StageTypes } from '../core/stage-type.ts';
import { inProject } from '../graph/file-needs.ts';
import { indexOutputs, type OutputIndex } from '../graph/outputs.ts';

export interface CommandSource {
  /** Absolute. */
  readonly path: string;
  /** Of a folder the names that are in it, of a file its content. */
  readonly counts: 'names' | 'data';
}

/**
 * What commands read of the person's own: files, and of folders and globs the folders too in which another file may come.
 * @param folders that other stages read whole
 */
export function commandSources(
  spec: PipelineSpec,
  types: StageTypes,
  { project, folders }: { readonly project: ProjectSettings | undefined; readonly folders: readonly string[] },
): readonly CommandSource[] {
  const inputs = spec.stages.flatMap(({ type, options, faulty }) =>
    faulty === true ? [] : (types.get(type)?.command?.(options).inputs ?? []),
  );
  if (inputs.length === 0 && folders.length === 0) return [];
  const { outputs } = indexOutputs(spec, types);
  const search: Search = { folder: spec.folder, store: project?.store, outputs, found: [] };
  for (const path of new Set(inputs.map((input) => input.path))) {
    if (isGlob(path)) {
      const glob = parseGlob(path);
      list({ ...search, glob }, glob.base);
    } else if (outputs.makerOf(path) === undefined) {
      const isFolder = statSync(join(spec.folder, path), { throwIfNoEntry: false })?.isDirectory() === true;
      if (isFolder) list(search, path);
      else search.found.push({ path: join(spec.folder, path), counts: 'data' });
    }
  }
  for (const path of folders) {
    const name = inProject(spec.folder, path);
    if (outputs.makerOf(name) === undefined) list(search, name);
  }
  return search.found;
}

interface Search {
  readonly folder: string;
  readonly store: string | undefined;
  readonly outputs: OutputIndex;
  readonly glob?: Glob;
  readonly found: CommandSource[];
}

function list(search: Search, path: string): void {
  const { folder, store, outputs, glob, found } = search;
  const absolute = join(folder, path);
  found.push({ path: absolute, counts: 'names' });
  for (const entry of entriesIn(absolute)) {
    const name = path === '' ? entry.name : `${path}/${entry.name}`;
    const inner = join(folder, name);
    if (entry.name === '.git' || inner === store || outputs.makerOf(name) !== undefined) continue;
    if (!entry.isDirectory()) {
      if (glob?.matches(name) !== false) found.push({ path: inner, counts: 'data' });
    } else if (glob?.mayMatchInside(name) !== false) list(search, name);
  }
}

function entriesIn(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // It is not there, or not ours to look into: the stage is told so.
    return [];
  }
}
