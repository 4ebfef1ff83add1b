import { failure, success, type Result } from '../../base/result.ts';
import type { PipelineEvent } from '../../core/event.ts';
import type { RunId } from '../../core/ids.ts';
import type { StageRecord } from '../../core/stage-record.ts';
import type { Store } from '../../core/store.ts';
import { usable } from '../../core/usable.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import { readEvents } from '../../records/read-record.ts';
import { recordFolders } from '../../records/record-folders.ts';
import { runFolder } from '../../records/run-folder.ts';
import type { RunRecord } from '../../records/run-record.ts';
import { exportedRun, type ExportedRun } from '../../report/formats/exported-run.ts';
import { openProject } from '../open-project.ts';
import { openStore } from '../open-workspace.ts';
import { openRuns } from '../runs.ts';
import { orStoreProblem } from '../store-problem.ts';

/** Runs of a project as other programs' formats take them. */
export interface RunExports {
  /** @param run as in `Runs.find` */
  find(run: string): Promise<Result<ExportedRun, Problem>>;
}

/** @param cwd a folder of the project */
export async function openRunExports(cwd: string): Promise<Result<RunExports, readonly Problem[]>> {
  const project = await openProject(cwd);
  if (!project.ok) return project;
  const [runs, store] = [await openRuns(cwd), await openStore(project.value)];
  if (!runs.ok) return runs;
  if (!store.ok) return failure([store.error]);
  const { runs: folder } = recordFolders(project.value.store);
  return success({
    async find(run) {
      const record = await runs.value.find(run);
      if (!record.ok) return record;
      return orStoreProblem(usable(project.value.store, () => gather(record.value, folder, store.value)));
    },
  });
}

async function gather(record: RunRecord, folder: string, store: Store): Promise<ExportedRun> {
  const read = new Map<RunId, readonly PipelineEvent[]>();
  const eventsOf = (run: RunId): readonly PipelineEvent[] => {
    const events = read.get(run) ?? readEvents(runFolder(folder, run).events);
    read.set(run, events);
    return events;
  };
  const results = new Map<string, StageRecord>();
  for (const { key } of record.stages) {
    const result = key === undefined ? undefined : await store.record(key);
    if (result !== undefined) results.set(result.key, result);
  }
  const resultOf = ({ key }: { readonly key?: string }): StageRecord | undefined => results.get(key ?? '');
  return exportedRun({ record, events: eventsOf(record.id), resultOf, eventsOf });
}
