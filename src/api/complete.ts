import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isScalar } from 'yaml';
import { defaultSettings, readProject } from '../config/project.ts';
import { readText } from '../config/read-text.ts';
import { parseYamlOnce } from '../config/yaml/kept-parse.ts';
import { childOf, membersOf, rootOf, target, type Place } from '../config/yaml/place.ts';
import { runValues } from '../records/run-values.ts';
import { builtInStageTypes } from '../stages/registry.ts';
import type { ListedRun } from './listed-run.ts';
import { openRuns, type Runs } from './runs.ts';
import { builtInNames } from './schemas.ts';

/** What a person may mean by a word that they began to write. */
export interface Candidate {
  readonly word: string;
  readonly description?: string;
}

type Candidates = readonly Candidate[];

/**
 * What a project has that a command line can name, for a shell that completes words: cheap, nothing of a plugin is executed, and a
 * file is as good as absent where it has problems.
 * @param cwd a folder of the project
 */
export interface ProjectWords {
  /** Files that look like pipelines, and folders to look on in. @param typed what is there of the path */
  pipelines(typed: string): Candidates;
  stages(file: string): Promise<Candidates>;
  /** What `--set` takes, each ending in `=`. */
  params(file: string): Promise<Candidates>;
  /** Whatever stands for a run, newest first. */
  runs(): Promise<Candidates>;
  stagesOfRun(run: string): Promise<Candidates>;
  tags(): Promise<Candidates>;
  /** Names of pipelines that have runs. */
  pipelineNames(): Promise<Candidates>;
  /** What the newest run can be listed by. */
  columns(): Promise<Candidates>;
  stageTypes(): Candidates;
  schemas(): Promise<Candidates>;
}

export function projectWords(cwd: string): ProjectWords {
  const list = async (): Promise<readonly ListedRun[]> => (await runsIn(cwd))?.list() ?? [];
  return {
    pipelines: (typed) => pipelineFiles(cwd, typed),
    async stages(file) {
      const stages = await memberOfPipeline(cwd, file, 'stages');
      if (stages === undefined) return [];
      return membersOf(stages).map(({ name, place }) => withDescription(name, textAt(place, 'type')));
    },
    async params(file) {
      const params = await memberOfPipeline(cwd, file, 'params');
      return params === undefined ? [] : paramsIn(params, '');
    },
    runs: async () => runWords(await list()),
    async stagesOfRun(run) {
      const found = await (await runsIn(cwd))?.find(run);
      return found?.ok === true ? found.value.stages.map(({ id, type }) => withDescription(id, type)) : [];
    },
    tags: async () => once((await list()).flatMap(({ tags = [] }) => tags)),
    pipelineNames: async () => once((await list()).map(({ pipeline }) => pipeline)),
    async columns() {
      const newest = await (await runsIn(cwd))?.find('latest');
      return newest?.ok === true ? once([...runValues(newest.value).keys()]) : [];
    },
    stageTypes: () => [...builtInStageTypes().values()].map(({ name, description }) => ({ word: name, description })),
    schemas: async () => once([...(await builtInNames())].sort()),
  };
}

async function runsIn(cwd: string): Promise<Runs | undefined> {
  const opened = await openRuns(cwd);
  return opened.ok ? opened.value : undefined;
}

function runWords(list: readonly ListedRun[]): Candidates {
  const [newest] = list;
  if (newest === undefined) return [];
  const names = list.flatMap((run) =>
    [...new Set([run.name, run.pin?.name])].flatMap((name) => (name === undefined ? [] : [inShort(name, run)])),
  );
  const tags = once(list.flatMap((run) => run.tags ?? [])).map(({ word }) => ({
    word,
    description: 'the newest with this tag',
  }));
  return [inShort('latest', newest), ...names, ...tags, ...list.map((run) => inShort(run.id, run))];
}

function inShort(word: string, { pipeline, status, name, tags = [] }: ListedRun): Candidate {
  const called = [...(name === undefined ? [] : [name]), ...tags].filter((label) => label !== word);
  return { word, description: [pipeline, status, ...called].join(', ') };
}

function once(words: readonly string[]): Candidates {
  return [...new Set(words)].filter((word) => word !== '').map((word) => ({ word }));
}

/** What stands under a name at the top of the file, undefined where there is nothing or the file is no YAML. */
async function memberOfPipeline(cwd: string, file: string, name: string): Promise<Place | undefined> {
  const text = await readText(file, cwd);
  if (!text.ok) return undefined;
  const folder = resolve(cwd, file, '..');
  const { project } = await readProject(folder, cwd);
  const { document } = parseYamlOnce(text.value, (project ?? defaultSettings(folder)).store);
  return document === undefined ? undefined : childOf(rootOf(document), name);
}

function paramsIn(place: Place, before: string): Candidates {
  return membersOf(place).flatMap(({ name, place: param }) => {
    const path = `${before}${name}`;
    const inner = paramsIn(param, `${path}.`);
    return inner.length > 0 ? inner : [withDescription(`${path}=`, scalarText(param))];
  });
}

function textAt(place: Place, name: string): string | undefined {
  const child = childOf(place, name);
  return child === undefined ? undefined : scalarText(child);
}

function scalarText({ document, node }: Place): string | undefined {
  const found = target(document, node);
  return isScalar(found) ? found.source : undefined;
}

function withDescription(word: string, description: string | undefined): Candidate {
  return description === undefined || description === word ? { word } : { word, description };
}

/** The files of the folder that the path begins with; where it begins with none, those of `pipelines/` too. */
function pipelineFiles(cwd: string, typed: string): Candidates {
  const folder = typed.slice(0, typed.lastIndexOf('/') + 1);
  const here = entriesOf(cwd, folder, typed.slice(folder.length).startsWith('.'));
  const inPipelines = folder === '' ? entriesOf(cwd, USUAL_FOLDER).filter(({ isFolder }) => !isFolder) : [];
  const files = [...inPipelines, ...here].filter(({ isFolder }) => !isFolder);
  const pipelines = files.filter(({ path }) => looksLikePipeline(resolve(cwd, path)));
  const shown = inPipelines.length > 0 && !typed.startsWith(USUAL_FOLDER) ? USUAL_FOLDER : undefined;
  const folders = here.filter(({ isFolder, path }) => isFolder && path !== shown);
  return [...(pipelines.length > 0 ? pipelines : files), ...folders].map(({ path }) => ({ word: path }));
}

const USUAL_FOLDER = 'pipelines/';

interface Entry {
  /** As it would be typed; a folder's ends in `/`. */
  readonly path: string;
  readonly isFolder: boolean;
}

function entriesOf(cwd: string, folder: string, hidden = false): readonly Entry[] {
  const whole = resolve(cwd, folder);
  return namesIn(whole).flatMap((name): readonly Entry[] => {
    if ((name.startsWith('.') && !hidden) || name === 'node_modules') return [];
    const kind = statSync(join(whole, name), { throwIfNoEntry: false });
    if (kind?.isDirectory() === true) return [{ path: `${folder}${name}/`, isFolder: true }];
    return kind?.isFile() === true && /\.ya?ml$/.test(name) ? [{ path: `${folder}${name}`, isFolder: false }] : [];
  });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** Files of parameters, settings and workflows are YAML too. */
function looksLikePipeline(file: string): boolean {
  try {
    return statSync(file).size <= LARGEST_LOOKED_AT
      ? /^[\s{]*["']?stages["']?\s*:/m.test(readFileSync(file, 'utf8'))
      : true;
  } catch {
    return false;
  }
}

const LARGEST_LOOKED_AT = 1 << 20;
