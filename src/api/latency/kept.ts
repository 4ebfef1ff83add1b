import { success, type Result } from '../../base/result.ts';
import type { RunId, StageId } from '../../core/ids.ts';
import type { Store } from '../../core/store.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import { hostFacts } from '../../records/host-facts.ts';
import { keepLatencies, readLatencies, type KeptLatency } from '../../records/latencies.ts';
import { recordFolders } from '../../records/record-folders.ts';
import type { RunRecord } from '../../records/run-record.ts';
import { openProject } from '../open-project.ts';
import { openStore } from '../open-workspace.ts';
import { orStoreProblem } from '../store-problem.ts';
import type { LatencyReport } from './report.ts';

/** What was measured of a run's models, here or elsewhere. @param cwd a folder of the project */
export async function keptLatencies(
  cwd: string,
  run: RunId,
): Promise<Result<readonly KeptLatency[], readonly Problem[]>> {
  const project = await openProject(cwd);
  return project.ok ? success(readLatencies(recordFolders(project.value.store).runs, run)) : project;
}

/** Beside the run's record. @returns why it could not be, where the store is read-only or full */
export async function keepReport(
  cwd: string,
  record: RunRecord,
  { backend, load, models, measured }: Omit<LatencyReport, 'unkept'>,
): Promise<Problem | undefined> {
  const project = await openProject(cwd);
  if (!project.ok) return project.error[0];
  const store = await openStore(project.value);
  if (!store.ok) return store.error;
  const names = await evaluatedAs(record, store.value);
  const { name, cpu, cores } = hostFacts();
  const latencies = models.flatMap(({ stages, latencies }) =>
    stages.flatMap((stage) =>
      latencies.map(({ batch, milliseconds, shortest, longest }) => ({
        ...{ stage: stage as StageId, called: names(stage), backend, host: { name, cpu, cores } },
        ...{ batch, milliseconds, shortest, longest, measured, load },
      })),
    ),
  );
  const kept = await orStoreProblem(keepLatencies(recordFolders(project.value.store).runs, record.id, latencies));
  return kept.ok ? undefined : kept.error;
}

/** What evaluations call the model that a stage made, by what they were given. */
async function evaluatedAs({ stages }: RunRecord, store: Store): Promise<(stage: string) => readonly string[]> {
  const called: { readonly name: string; readonly digest: string }[] = [];
  for (const { id, key, artifact, metrics = {} } of stages) {
    const result = artifact?.kind === 'evaluation' && key !== undefined ? await store.record(key) : undefined;
    for (const [slot, digest] of Object.entries(result?.preimage.inputs ?? {})) {
      if (Object.hasOwn(metrics, slot)) called.push({ name: `${id}.${slot}`, digest });
    }
  }
  const digests = new Map<string, string | undefined>(stages.map(({ id, artifact }) => [id, artifact?.digest]));
  return (stage) => called.filter(({ digest }) => digest === digests.get(stage)).map(({ name }) => name);
}
