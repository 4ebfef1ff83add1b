import { statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { settingsPlaces } from '../config/project-search.ts';
import type { PipelineSpec, ProjectSettings, StageSpec } from '../core/pipeline-spec.ts';
import type { ExternalFile, StageTypes } from '../core/stage-type.ts';
import type { LoadedPlugins } from '../plugins/plugins.ts';
import { commandSources } from './command-sources.ts';

/** Something that determines what a pipeline means or what its stages read; it need not be there. */
export interface PipelineSource {
  /** Absolute. */
  readonly path: string;
  /**
   * `text`: all of it, as of a definition. `settings`: of a package.json, what it says of pipelines. `presence`: whether it is there.
   * `code names`: of a folder, which code files it has; `names`: all that it has. `data`: all of it; it may be large, and stages' keys hold its digest.
   */
  readonly counts: 'text' | 'settings' | 'presence' | 'code names' | 'names' | 'data';
}

/** What a PipelineRequest says of files. */
interface NamedFiles {
  readonly file: string;
  readonly cwd?: string;
  readonly paramsFiles?: readonly string[];
}

/** What is known of a pipeline before it is read: the files that the request names, and where a project file may be. */
export function requestSources(request: NamedFiles): readonly PipelineSource[] {
  const { file, cwd = process.cwd(), paramsFiles = [] } = request;
  const path = resolve(cwd, file);
  return [
    ...[path, ...paramsFiles.map((name) => resolve(cwd, name))].map(text),
    ...settingsPlaces(dirname(path)).map(setting),
  ];
}

export interface ReadSoFar {
  readonly project: ProjectSettings | undefined;
  readonly plugins: LoadedPlugins;
  readonly spec: PipelineSpec | undefined;
}

/** All of them, as far as the pipeline could be understood. */
export function pipelineSources(request: NamedFiles, { project, plugins, spec }: ReadSoFar): readonly PipelineSource[] {
  const sources = [
    ...requestSources(request),
    ...pluginSources(project, plugins),
    ...(spec === undefined ? [] : dataFiles(spec, plugins.types)),
    ...(spec === undefined
      ? []
      : commandSources(spec, plugins.types, { project, folders: dataFolders(spec, plugins.types) })),
  ];
  return [...new Map(sources.map((source) => [source.path, source])).values()];
}

/** Their own files, and the folders in which a file that one of them lacks would appear. */
function pluginSources(project: ProjectSettings | undefined, { files }: LoadedPlugins): readonly PipelineSource[] {
  if (project?.plugins === undefined) return [];
  const named = project.plugins.map(({ name }) => name).filter((name) => name.startsWith('.'));
  const paths = [...files, ...named.map((name) => resolve(project.folder, name))];
  const folders = new Set(paths.map((path) => dirname(path)));
  return [...paths.map(text), ...[...folders].map((path): PipelineSource => ({ path, counts: 'code names' }))];
}

function dataFiles({ stages, folder }: PipelineSpec, types: StageTypes): readonly PipelineSource[] {
  return stages
    .flatMap((stage) => (stage.faulty === true ? [] : externalFiles(stage, types)))
    .flatMap((file) => (file.isFolder === true ? [] : [resolve(folder, file.path)]))
    .filter((path) => !isFolder(path))
    .map((path): PipelineSource => ({ path, counts: 'data' }));
}

function dataFolders({ stages }: PipelineSpec, types: StageTypes): readonly string[] {
  const files = stages.flatMap((stage) => (stage.faulty === true ? [] : externalFiles(stage, types)));
  return files.flatMap((file) => (file.isFolder === true ? [file.path] : []));
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function externalFiles({ type, options }: StageSpec, types: StageTypes): readonly ExternalFile[] {
  try {
    return types.get(type)?.externalFiles?.(options) ?? [];
  } catch {
    // A plugin's own, which threw: that is told as a problem of the stage.
    return [];
  }
}

function text(path: string): PipelineSource {
  return { path, counts: 'text' };
}

function setting(path: string): PipelineSource {
  switch (basename(path)) {
    case 'package.json':
      return { path, counts: 'settings' };
    case '.git':
      return { path, counts: 'presence' };
    default:
      return text(path);
  }
}
