import type { StageRunner } from '../core/stage-runner.ts';

/** What each stage type of the registry does. Each is loaded when first wanted, and only in the child process. */
const runners: Readonly<Record<string, () => Promise<{ readonly run: StageRunner }>>> = {
  'load-data': () => import('./load-data/run.ts'),
  'transform-data': () => import('./transform-data/run.ts'),
  'train-teacher': () => import('./train-teacher/run.ts'),
  'import-model': () => import('./import-model/run.ts'),
  'predict-soft-labels': () => import('./predict-soft-labels/run.ts'),
  'predict-saved-model': () => import('./predict-saved-model/run.ts'),
  'import-soft-labels': () => import('./import-soft-labels/run.ts'),
  'combine-soft-labels': () => import('./combine-soft-labels/run.ts'),
  'permute-soft-labels': () => import('./permute-soft-labels/run.ts'),
  'train-student': () => import('./train-student/run.ts'),
  'correct-bias': () => import('./correct-bias/run.ts'),
  evaluate: () => import('./evaluate/run.ts'),
  compare: () => import('./compare/run.ts'),
  'export-model': () => import('./export-model/run.ts'),
};

/** @throws Error for a type that the registry does not hold: planning has told the person before */
export async function loadRunner(type: string): Promise<StageRunner> {
  const load = runners[type];
  if (load === undefined) throw new Error(`there is no runner for the stage type ${type}`);
  return (await load()).run;
}
