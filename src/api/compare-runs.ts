import { failure, type Result, success } from '../base/result.ts';
import type { StageKey } from '../core/ids.ts';
import type { Preimage } from '../core/preimage.ts';
import type { Store } from '../core/store.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { preimageDifferences } from '../fingerprint/difference.ts';
import type { RunRecord, StageRun } from '../records/run-record.ts';
import { compareRecords, type RunComparison } from '../report/run-comparison/run-comparison.ts';
import { meanHalf } from './mean-half.ts';
import { openProject } from './open-project.ts';
import { openStore } from './open-workspace.ts';
import { openRuns } from './runs.ts';

/** Where the runs are. */
export interface CompareOptions {
  /** A folder of the project. The process's own, if absent. */
  readonly cwd?: string;
}

/**
 * What differs between runs, and what came of it.
 * @param names as in `Runs.find`; the others are compared with the first one
 * @returns parameters, lines of the definition, versions, keys and metrics that differ; or which runs are not there
 * @throws what nobody foresaw: a mistake in the program, or of the system; what a person can cause is in the result
 */
export async function compareRuns(
  names: readonly string[],
  { cwd = process.cwd() }: CompareOptions = {},
): Promise<Result<RunComparison, readonly Problem[]>> {
  const project = await openProject(cwd);
  if (!project.ok) return project;
  const [runs, store] = [await openRuns(cwd), await openStore(project.value)];
  if (!runs.ok) return runs;
  if (!store.ok) return failure([store.error]);
  const found = await Promise.all(names.map((name) => runs.value.find(name)));
  const problems = found.flatMap((each) => (each.ok ? [] : [each.error]));
  if (problems.length > 0) return failure(problems);
  const records = found.flatMap((each) => (each.ok ? [each.value] : []));
  const preimages = await preimagesOf(records, store.value);
  const changesOf = (before: StageRun, after: StageRun) => {
    const [was, is] = [before.key && preimages.get(before.key), after.key && preimages.get(after.key)];
    return was === undefined || is === undefined ? undefined : preimageDifferences(was, is);
  };
  return success(compareRecords(records, { half: meanHalf, changesOf }));
}

/** Of the stages that have not the same key in all runs, as far as the store still has them. */
async function preimagesOf(records: readonly RunRecord[], store: Store): Promise<ReadonlyMap<StageKey, Preimage>> {
  const byStage = new Map<string, Set<StageKey>>();
  for (const { id, key } of records.flatMap(({ stages }) => stages)) {
    if (key !== undefined) byStage.set(id, (byStage.get(id) ?? new Set()).add(key));
  }
  const found = new Map<StageKey, Preimage>();
  for (const key of [...byStage.values()].flatMap((keys) => (keys.size > 1 ? [...keys] : []))) {
    const record = await store.record(key);
    if (record !== undefined) found.set(key, record.preimage);
  }
  return found;
}
