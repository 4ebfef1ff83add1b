import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isErrno } from '../base/errno.ts';
import { failure, success, type Result } from '../base/result.ts';
import { readProject } from '../config/project.ts';
import type { ArtifactRef } from '../core/artifact.ts';
import { didYouMean } from '../diagnostics/nearest.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { runFolder } from '../records/run-folder.ts';
import type { RunRecord, RunSummary, StageRun } from '../records/run-record.ts';
import { findRun, listRuns } from '../records/runs.ts';
import { openStore } from './open-workspace.ts';
import { orStoreProblem } from './store-problem.ts';

/** The runs of a project, and what they left behind. */
export interface Runs {
  /** Newest first. */
  list(): Promise<readonly RunSummary[]>;
  /** @param run an id, the beginning of exactly one id, `latest`, or `latest~2` */
  find(run: string): Promise<Result<RunRecord, Problem>>;
  /** What the stage printed. */
  log(run: string, stage: string): Promise<Result<string, Problem>>;
  /** Writes what the stage made into a folder, as ordinary files. */
  materialize(run: string, stage: string, folder: string): Promise<Result<Materialized, Problem>>;
}

export interface Materialized {
  readonly folder: string;
  readonly files: ArtifactRef['files'];
}

/** @param cwd a folder of the project */
export async function openRuns(cwd: string): Promise<Result<Runs, readonly Problem[]>> {
  const { project, problems } = await readProject(cwd);
  if (problems.length > 0 || project === undefined) return failure(problems);
  const folder = join(project.store, 'runs');
  return success({
    list: () => listRuns(folder),
    find: (run) => findRun(folder, run),
    async log(run, stage) {
      const found = await findStage(folder, run, stage);
      if (!found.ok) return found;
      const log = runFolder(folder, found.value.record.id).log(found.value.stage.id);
      return success(await readFile(log, 'utf8').catch(emptyIfMissing));
    },
    async materialize(run, stage, target) {
      const found = await findStage(folder, run, stage);
      if (!found.ok) return found;
      const { artifact } = found.value.stage;
      if (artifact === undefined) {
        return failure({ code: 'unknown-run', message: `${stage} made nothing in run ${found.value.record.id}` });
      }
      const store = await openStore(project);
      if (!store.ok) return store;
      const written = await orStoreProblem(store.value.materialize(artifact, resolve(cwd, target)));
      return written.ok ? success({ folder: target, files: artifact.files }) : written;
    },
  });
}

async function findStage(
  folder: string,
  run: string,
  name: string,
): Promise<Result<{ record: RunRecord; stage: StageRun }, Problem>> {
  const record = await findRun(folder, run);
  if (!record.ok) return record;
  const stage = record.value.stages.find(({ id }) => id === name);
  if (stage !== undefined) return success({ record: record.value, stage });
  const hint = didYouMean(
    name,
    record.value.stages.map(({ id }) => id),
    'its stages',
  );
  return failure({
    code: 'unknown-stage',
    message: `run ${record.value.id} has no stage "${name}"`,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** A stage that printed nothing has no log. */
function emptyIfMissing(error: unknown): string {
  if (isErrno(error, 'ENOENT')) return '';
  throw error;
}
