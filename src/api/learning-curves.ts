import { failure, type Result, success } from '../base/result.ts';
import type { Problem } from '../diagnostics/problem.ts';
import type { RunRecord } from '../records/run-record.ts';
import { learningCurves, type LearningCurve } from '../report/page-data/curves.ts';
import { openProject } from './open-project.ts';
import { openStore } from './open-workspace.ts';
import { resultsOf } from './report/run-pages.ts';
import { orStoreProblem } from './store-problem.ts';

/** Of the trainings of a run; of those that were reused, as the store has them. @param cwd a folder of the project */
export async function runCurves(
  record: RunRecord,
  cwd: string,
): Promise<Result<readonly LearningCurve[], readonly Problem[]>> {
  const project = await openProject(cwd);
  if (!project.ok) return project;
  const store = await openStore(project.value);
  if (!store.ok) return failure([store.error]);
  const results = await orStoreProblem(resultsOf(record.stages, store.value));
  return results.ok ? success(learningCurves(record, results.value)) : failure([results.error]);
}
