import { failure, success, type Result } from '../base/result.ts';
import { readProject } from '../config/project.ts';
import type { ProjectSettings } from '../core/pipeline-spec.ts';
import type { Problem } from '../diagnostics/problem.ts';

/** @param cwd a folder of the project @returns its settings, or every problem of the project file */
export async function openProject(cwd: string): Promise<Result<ProjectSettings, readonly Problem[]>> {
  const { project, problems } = await readProject(cwd, cwd);
  return problems.length > 0 || project === undefined ? failure(problems) : success(project);
}
