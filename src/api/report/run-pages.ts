import { failure, success, type Result } from '../../base/result.ts';
import type { StageRecord } from '../../core/stage-record.ts';
import type { Store } from '../../core/store.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import { readLatencies, type KeptLatency } from '../../records/latencies.ts';
import { recordFolders } from '../../records/record-folders.ts';
import type { RunRecord, StageRun } from '../../records/run-record.ts';
import type { Answers } from '../../report/page-data/answers.ts';
import type { ResultOf } from '../../report/page-data/curves.ts';
import { pageEvaluation, type PageEvaluation } from '../../report/page-data/evaluation.ts';
import { runPage, type RunPage } from '../../report/page-data/run-page.ts';
import { meanHalf } from '../mean-half.ts';
import { openProject } from '../open-project.ts';
import { openStore } from '../open-workspace.ts';
import { openRuns } from '../runs.ts';
import { orStoreProblem } from '../store-problem.ts';
import { evaluationFiles, type EvaluationFiles } from './evaluation-files.ts';
import { modelFiles, type ModelFiles } from './model-files.ts';
import { shownImages } from './shown-images.ts';

/** Runs of a project as pages show them. */
export interface RunPages {
  /** @param run as in `Runs.find` */
  page(run: string): Promise<Result<RunPage, Problem>>;
  /**
   * An evaluation of a run, with the answers of its models and the images.
   * @param stage its id; the first one's, if absent
   */
  evaluation(run: string, stage?: string): Promise<Result<EvaluationFiles, Problem>>;
  /** The model that a stage of the run made. */
  model(run: string, stage: string): Promise<Result<ModelFiles, Problem>>;
}

/** @param cwd a folder of the project */
export async function openRunPages(cwd: string): Promise<Result<RunPages, readonly Problem[]>> {
  const project = await openProject(cwd);
  if (!project.ok) return project;
  const [runs, opened] = [await openRuns(cwd), await openStore(project.value)];
  if (!runs.ok) return runs;
  if (!opened.ok) return failure([opened.error]);
  const store = opened.value;
  return success({
    async page(run) {
      const record = await runs.value.find(run);
      if (!record.ok) return record;
      const latencies = readLatencies(recordFolders(project.value.store).runs, record.value.id);
      return orStoreProblem(pageOf(record.value, store, latencies));
    },
    async model(run, stage) {
      const record = await runs.value.find(run);
      if (!record.ok) return record;
      const found = await orStoreProblem(modelFiles(store, record.value, stage));
      return found.ok ? found.value : found;
    },
    async evaluation(run, stage) {
      const record = await runs.value.find(run);
      if (!record.ok) return record;
      const { stages } = record.value;
      const found = evaluationsIn(stages).find(({ id }) => stage === undefined || id === stage);
      const result = found?.key === undefined ? undefined : await store.record(found.key);
      const files = found && (await orStoreProblem(evaluationFiles({ store, stage: found, result, stages })));
      if (files !== undefined && !files.ok) return files;
      if (files?.value !== undefined) return success(files.value);
      const message = `run ${record.value.id} has no evaluation${stage === undefined ? '' : ` "${stage}"`} that the store still has`;
      return failure({ code: 'unknown-stage', message });
    },
  });
}

/** Of so many evaluations a page has bins and confusions; of a sweep's others it has every number. */
const mostEvaluations = 24;

async function pageOf(record: RunRecord, store: Store, latencies: readonly KeptLatency[]): Promise<RunPage> {
  const { stages } = record;
  const resultOf = await resultsOf(stages, store);
  const evaluations: PageEvaluation[] = [];
  const opened: { readonly files: EvaluationFiles; readonly answers: ReadonlyMap<string, Answers> }[] = [];
  for (const stage of evaluationsIn(stages).slice(0, mostEvaluations)) {
    const files = await evaluationFiles({ store, stage, result: resultOf(stage), stages });
    if (files === undefined) continue;
    const answers = new Map<string, Answers>();
    for (const split of ['test', 'validation', 'train']) {
      const own = await files.answers(split);
      if (own !== undefined) answers.set(split, own);
    }
    evaluations.push(pageEvaluation({ stage: stage.id, axes: stage.variant?.axes ?? {}, json: files.json, answers }));
    opened.push({ files, answers });
  }
  const images = await shownImages({ evaluations, opened, stages, resultOf });
  return runPage(record, {
    resultOf,
    evaluations,
    latencies,
    half: meanHalf,
    ...(images === undefined ? {} : { images }),
  });
}

function evaluationsIn(stages: readonly StageRun[]): readonly StageRun[] {
  return stages.filter(({ artifact }) => artifact?.kind === 'evaluation');
}

/** Only of stages that trained or evaluated: what a page asks for. */
export async function resultsOf(stages: readonly StageRun[], store: Store): Promise<ResultOf> {
  const found = new Map<string, StageRecord>();
  for (const { key, artifact } of stages) {
    if (key === undefined || artifact === undefined || !['model', 'evaluation'].includes(artifact.kind)) continue;
    const record = await store.record(key);
    if (record !== undefined) found.set(key, record);
  }
  return ({ key }) => (key === undefined ? undefined : found.get(key));
}
