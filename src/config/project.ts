import type { ProjectSettings } from '../core/pipeline-spec.ts';
import type { Problem } from '../diagnostics/problem.ts';

export interface ReadProject {
  /** Absent only beside problems. */
  readonly project?: ProjectSettings;
  readonly problems: readonly Problem[];
}

/**
 * The settings of the project that a folder belongs to, with defaults filled in. Looks for a project file in the folder and
 * those above it; YAML or JSON only, so reading it executes nothing.
 * @param from absolute folder
 */
export function readProject(from: string): Promise<ReadProject> {
  return Promise.reject(new Error(`not built yet: ${from}`));
}
