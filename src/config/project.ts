import { availableParallelism } from 'node:os';
import { basename, dirname, isAbsolute, relative, resolve } from 'node:path';
import { parseByteSize } from '../base/byte-size.ts';
import { parseDuration } from '../base/duration.ts';
import { isJsonObject } from '../base/json.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import type { PluginName, ProjectSettings } from '../core/pipeline-spec.ts';
import type { TemporalSettings } from '../core/engine-settings.ts';
import type { RemoteSettings } from '../core/remote-settings.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { locate } from './locator.ts';
import { projectFile } from './project-file.ts';
import { DEFAULT_STORE, searchProject, type SeenFolder } from './project-search.ts';
import { readText } from './read-text.ts';
import { readResources } from './resources.ts';
import { fillDefaults } from './schema/defaults.ts';
import { builtInValidator, findingsOf } from './schema/validators.ts';
import type { Project } from './schema-types/project.ts';
import { parseYaml } from './yaml/parse.ts';
import { childOf, rangeOf, rootOf } from './yaml/place.ts';
import type { Place } from './yaml/place.ts';
import { readValue, valueReader } from './yaml/values.ts';

export interface ReadProject {
  /** Absent only beside problems. */
  readonly project?: ProjectSettings;
  readonly problems: readonly Problem[];
  /** What decided it: where the same is seen again, the settings are the same. */
  readonly seen: readonly SeenFolder[];
}

/**
 * The settings of the project that a folder belongs to, with defaults filled in. Looks for a project file in the folder and
 * those above it; YAML or JSON only, so reading it executes nothing.
 * @param from absolute folder
 * @param cwd messages name the file relative to it
 */
export async function readProject(from: string, cwd: string = process.cwd()): Promise<ReadProject> {
  const found = searchProject(from);
  const file = await projectFile(found);
  if (file === undefined) return { project: defaultSettings(found.folder), problems: [], seen: found.seen };
  return { ...(await readProjectFile(file, cwd)), seen: found.seen };
}

/** What holds where no project file says otherwise. */
export function defaultSettings(folder: string): ProjectSettings {
  return settings(folder, {});
}

type Filled = Project & Required<Pick<Project, 'backend'>>;

function settings(folder: string, written: JsonObject): ProjectSettings {
  const { schema } = builtInValidator('project.schema.json');
  const { store, backend, jobs, remote, temporal } = fillDefaults(schema, written) as unknown as Filled;
  const resources = readResources(written['resources']);
  return {
    folder,
    ...storeSettings(folder, store),
    ...(remote === undefined ? {} : { remote: remoteSettings(folder, remote) }),
    backend,
    temporal: temporalSettings(temporal),
    jobs: jobs ?? Math.min(2, availableParallelism()),
    ...(resources === undefined ? {} : { resources }),
  };
}

function storeSettings(folder: string, store: Project['store'] = {}): Pick<ProjectSettings, 'store' | 'storeLimit'> {
  const { folder: name = DEFAULT_STORE, limit = '20GiB' } = typeof store === 'string' ? { folder: store } : store;
  // The schema lets nothing pass that is no size.
  return { store: resolve(folder, name), storeLimit: parseByteSize(limit) ?? 0 };
}

/** The schema lets nothing pass that is no duration; that there is one of the two is looked at beside it. */
function remoteSettings(folder: string, written: NonNullable<Project['remote']>): RemoteSettings {
  const { s3, folder: shared = '', access = 'read-write' } = written;
  if (s3 === undefined) return { kind: 'folder', folder: resolve(folder, shared), access };
  const { timeout = '30s', ...others } = s3;
  return { kind: 's3', s3: { ...others, timeout: (parseDuration(timeout) ?? 0) * 1000 }, access };
}

function temporalSettings({
  heartbeatTimeout = '30s',
  prefix = 'distill-pipeline',
  ...named
}: Project['temporal'] = {}): TemporalSettings {
  return { ...named, prefix, heartbeatTimeout: (parseDuration(heartbeatTimeout) ?? 0) * 1000 };
}

async function readProjectFile(path: string, cwd: string): Promise<Omit<ReadProject, 'seen'>> {
  const fromHere = relative(cwd, path);
  const text = await readText(fromHere.startsWith('..') || isAbsolute(fromHere) ? path : fromHere, cwd);
  if (!text.ok) return { problems: [text.error] };
  const { document, problems } = parseYaml(text.value);
  if (document === undefined) return { problems };
  const root = rootOf(document);
  const place = basename(path) === 'package.json' ? (childOf(root, 'pipeline') ?? root) : root;
  const wrong: Problem[] = [];
  const value = readValue(valueReader(document, { problems: wrong, fill: (written) => written }), place.node);
  wrong.push(...(await projectProblems(place, value)));
  if (isJsonObject(value)) wrong.push(...remoteProblems(place, value));
  if (wrong.length > 0 || !isJsonObject(value)) return { problems: wrong };
  const plugins = pluginsOf(place, value);
  const project = { ...settings(dirname(path), value), file: path, ...(plugins.length === 0 ? {} : { plugins }) };
  return { project, problems: [] };
}

async function projectProblems(place: Place, value: JsonValue): Promise<Problem[]> {
  const locator = { params: { values: {}, place: undefined, overrides: [] }, unknown: new Set<never>() };
  const findings = await findingsOf(builtInValidator('project.schema.json'), value, 'the project file');
  return findings.map(({ code, message, hint, pointer, part }): Problem => {
    const where = locate(locator, place, pointer, part).range;
    return { code, message, where, ...(hint === undefined ? {} : { hint }) };
  });
}

function remoteProblems(place: Place, { remote }: JsonObject): readonly Problem[] {
  if (!isJsonObject(remote)) return [];
  const named = ['s3', 'folder'].filter((kind) => Object.hasOwn(remote, kind));
  if (named.length === 1) return [];
  const message = `"remote": expected either "s3" or "folder", found ${named.length === 0 ? 'neither' : 'both'}`;
  return [{ code: 'wrong-value', message, where: rangeOf(childOf(place, 'remote') ?? place) }];
}

/** Each with its place, for what is wrong with it; one that is named twice brings its stage types once. */
function pluginsOf(place: Place, { plugins }: JsonObject): readonly PluginName[] {
  const list = childOf(place, 'plugins');
  if (list === undefined || !Array.isArray(plugins)) return [];
  const named = (plugins as readonly string[]).map((name, index): PluginName => {
    const where = rangeOf(childOf(list, String(index)) ?? list);
    return { name, where };
  });
  return named.filter(({ name }, index) => named.findIndex((other) => other.name === name) === index);
}
