import { dirname, resolve } from 'node:path';
import { success, failure, type Result } from '../base/result.ts';
import { readProject } from '../config/project.ts';
import { readPipeline } from '../config/read-pipeline.ts';
import type { PipelineSpec, ProjectSettings } from '../core/pipeline-spec.ts';
import type { StageTypes } from '../core/stage-type.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { checkPipeline } from '../graph/check.ts';
import type { ReservedPath } from '../engine/plan-context.ts';
import { outputPlaceProblems } from '../engine/project-files/places.ts';
import type { Graph } from '../graph/graph.ts';
import { type SeenDefinition, textDigests } from './again/basis.ts';
import { backendProblems } from './backend-problems.ts';
import { inOrderOfPlace } from './problem-order.ts';
import { pipelineSources, type PipelineSource } from './pipeline-sources.ts';
import { projectStageTypes } from './project-types.ts';

/** Which pipeline, and what of it the caller sets. */
export interface PipelineRequest {
  /** Relative to `cwd`; messages name it as it is given here. */
  readonly file: string;
  /** The process's own, if absent. */
  readonly cwd?: string;
  /** Each `a.b=c`, the value typed as YAML: wins over params files, and these over the file's own `params`. */
  readonly set?: readonly string[];
  readonly paramsFiles?: readonly string[];
  /** `wasm`, `native` or `auto`: wins over the pipeline's and the project's. */
  readonly backend?: string;
  /** `false`: as if the project had no remote. */
  readonly remote?: boolean;
  /** Told which files the result depends on, whether or not there are problems with them. */
  readonly onSources?: (sources: readonly PipelineSource[]) => void;
}

/** A pipeline without a problem, ready to be planned. */
export interface OpenedPipeline {
  readonly spec: PipelineSpec;
  readonly graph: Graph;
  readonly project: ProjectSettings;
  readonly types: StageTypes;
  readonly reserved: readonly ReservedPath[];
  /** What it was understood from; undefined where that changed meanwhile. */
  readonly seen: SeenDefinition | undefined;
}

/**
 * Reads and checks a pipeline; runs nothing.
 * @returns the pipeline, or every problem there is with it, in the order of the file
 * @throws what nobody foresaw: a mistake in the program, or of the system; what a person can cause is in the result
 */
export async function openPipeline(request: PipelineRequest): Promise<Result<OpenedPipeline, readonly Problem[]>> {
  const { file, cwd = process.cwd(), set, paramsFiles, backend } = request;
  const params = textDigests(paramsFiles ?? [], cwd);
  const found = await readProject(dirname(resolve(cwd, file)), cwd);
  const plugins = await projectStageTypes(found.project, cwd);
  const { types, problems: ofPlugins } = plugins;
  const read = await readPipeline({
    file,
    cwd,
    types,
    project: found,
    ...(set === undefined ? {} : { set }),
    ...(paramsFiles === undefined ? {} : { paramsFiles }),
    ...(backend === undefined ? {} : { backend }),
  });
  const { spec, project } = read;
  request.onSources?.(pipelineSources(request, { project, plugins, spec }));
  const checked = spec === undefined ? { problems: [] } : checkPipeline(spec, types);
  const unfit =
    spec === undefined || spec.backend === 'auto'
      ? []
      : backendProblems(spec, types, { backend: spec.backend, isChosen: true });
  const own = [...read.problems, ...checked.problems, ...unfit];
  // What a plugin would have brought is not told as unknown besides.
  const told = ofPlugins.length === 0 ? own : own.filter(({ code }) => code !== 'unknown-stage-type');
  const problems = inOrderOfPlace([...ofPlugins, ...told]);
  if (problems.length > 0) return failure(problems);
  if (spec === undefined || project === undefined || checked.graph === undefined) {
    throw new Error(`reading ${file} gave neither a pipeline nor a problem`);
  }
  const reserved = reservedPaths(project, resolve(cwd, file));
  const unsafe = outputPlaceProblems({ spec, types, reserved });
  if (unsafe.length > 0) return failure(inOrderOfPlace(unsafe));
  const isSteady = textDigests(paramsFiles ?? [], cwd).every((digest, index) => digest === params[index]);
  const seen = isSteady ? { project: found.seen, params, plugins: plugins.seen } : undefined;
  return success({ spec, graph: checked.graph, project, types, reserved, seen });
}

/** What belongs to the program in a project folder: no stage makes it, and no folder among inputs brings it along. */
function reservedPaths({ store, file }: ProjectSettings, pipeline: string): readonly ReservedPath[] {
  return [
    { path: store, what: 'the store', isFolder: true },
    { path: pipeline, what: 'the pipeline itself', isFolder: false },
    ...(file === undefined ? [] : [{ path: file, what: 'the project file', isFolder: false }]),
  ];
}
