import { dirname, resolve } from 'node:path';
import type { PipelineSpec, ProjectSettings } from '../core/pipeline-spec.ts';
import type { StageTypes } from '../core/stage-type.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { interpret, isBackend } from './interpret.ts';
import { defaultSettings, readProject, type ReadProject } from './project.ts';
import { readText } from './read-text.ts';
import { parseYamlOnce } from './yaml/kept-parse.ts';

export interface ReadRequest {
  /** As the person typed it: messages name it so. */
  readonly file: string;
  readonly cwd: string;
  readonly types: StageTypes;
  /** What `readProject` gave, if it was asked before; it is asked now, if absent. */
  readonly project?: ReadProject;
  /** Each `a.b=c`, the value typed as YAML. */
  readonly set?: readonly string[];
  /** YAML or JSON files that override `params`, in this order, before `set`. */
  readonly paramsFiles?: readonly string[];
  /** `--backend`: wins over the pipeline's and the project's. */
  readonly backend?: string;
}

export interface ReadPipeline {
  /** As far as it could be understood, even beside problems; it must not be run then. */
  readonly spec?: PipelineSpec;
  readonly project?: ProjectSettings;
  /** All of them, in the order of the file. */
  readonly problems: readonly Problem[];
}

/** Reads, checks and fills in a pipeline. Never throws for what a person can cause. References between stages are graph's. */
export async function readPipeline(request: ReadRequest): Promise<ReadPipeline> {
  const { file, cwd, types, set = [], paramsFiles = [] } = request;
  const folder = dirname(resolve(cwd, file));
  const [text, { project, problems: inProject }] = await Promise.all([
    readText(file, cwd),
    request.project ?? readProject(folder, cwd),
  ]);
  const known = project === undefined ? {} : { project };
  const backend = isBackend(request.backend) ? request.backend : undefined;
  const before = [...inProject, ...(backend === request.backend ? [] : [unknownBackend(request.backend ?? '')])];
  if (!text.ok) return { ...known, problems: [...before, text.error] };
  const settings = project ?? defaultSettings(folder);
  const { document, problems } = parseYamlOnce(text.value, settings.store);
  if (document === undefined) return { ...known, problems: [...before, ...problems] };
  const read = await interpret({ document, types, cwd, set, paramsFiles, backend, project: settings });
  return { ...known, ...read, problems: [...before, ...read.problems] };
}

function unknownBackend(found: string): Problem {
  const flag = `--backend ${found}`;
  const where = { source: { name: flag, text: flag }, start: flag.length - found.length, end: flag.length };
  return { code: 'bad-flag', message: `--backend expected wasm, native or auto, found "${found}"`, where };
}
