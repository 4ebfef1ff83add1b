import type { PipelineSpec, ProjectSettings } from '../core/pipeline-spec.ts';
import type { StageTypes } from '../core/stage-type.ts';
import type { Problem } from '../diagnostics/problem.ts';

export interface ReadRequest {
  /** As the person typed it: messages name it so. */
  readonly file: string;
  readonly cwd: string;
  readonly types: StageTypes;
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
export function readPipeline(request: ReadRequest): Promise<ReadPipeline> {
  return Promise.reject(new Error(`not built yet: ${request.file}`));
}
