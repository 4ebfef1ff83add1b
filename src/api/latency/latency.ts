import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { groupBy } from '../../base/group-by.ts';
import { failure, success, type Result } from '../../base/result.ts';
import type { BackendName } from '../../core/pipeline-spec.ts';
import { writtenId } from '../../core/pipeline-spec.ts';
import { stageNames } from '../../core/stage-names.ts';
import { didYouMean } from '../../diagnostics/nearest.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import { hostFacts } from '../../records/host-facts.ts';
import type { RunRecord, StageRun } from '../../records/run-record.ts';
import { askChild } from '../doctor/ask-child.ts';
import { nativePatienceMs } from '../native-patience.ts';
import { programFile } from '../program-file.ts';
import { openRuns } from '../runs.ts';
import { keepReport } from './kept.ts';
import type { MeasuredFolder, MeasureRequest } from './measure.ts';
import type { LatencyReport } from './report.ts';

/** What to measure, and for how long. */
export interface LatencyOptions {
  /** Those that made models; all of them if empty. */
  readonly stages: readonly string[];
  /** That of the run, if absent. */
  readonly backend?: BackendName;
  readonly batches: readonly number[];
  /** For each model and batch. */
  readonly seconds: number;
}

/**
 * How long a run's models take to predict, here and now, in a process of its own and one after the other. It is kept beside the run's record.
 * @param cwd a folder of the project
 * @param run as in `Runs.find`
 * @returns milliseconds for a batch, of each model; or why it cannot be measured
 * @throws what nobody foresaw: a mistake in the program, or of the system; what a person can cause is in the result
 */
export async function measureLatencies(
  cwd: string,
  run: string,
  options: LatencyOptions,
): Promise<Result<LatencyReport, readonly Problem[]>> {
  const runs = await openRuns(cwd);
  if (!runs.ok) return runs;
  const record = await runs.value.find(run);
  if (!record.ok) return failure([record.error]);
  const stages = modelStages(record.value, options.stages);
  if (!stages.ok) return stages;
  const alike = [...groupBy(stages.value, architectureOf).values()];
  const backend = options.backend ?? (record.value.definition.backend === 'native' ? 'native' : 'wasm');
  const [load = 0] = loadavg();
  const scratch = await mkdtemp(join(tmpdir(), 'pipeline-latency-'));
  try {
    const folders: string[] = [];
    for (const [index, [first]] of alike.entries()) {
      const folder = join(scratch, String(index));
      const written = await runs.value.materialize(record.value.id, first?.id ?? '', folder);
      if (!written.ok) return failure([written.error]);
      folders.push(folder);
    }
    const { batches, seconds } = options;
    const measured = await askToMeasure({ backend, project: cwd, folders, batches, seconds });
    if (!measured.ok) return failure([unmeasured(backend, measured.error)]);
    const models = measured.value.flatMap((model, index) => {
      const rows = groupBy(alike[index] ?? [], writtenId).values();
      return [...rows].map((same) => ({ stages: same.map(({ id }) => id), ...model }));
    });
    const { cpu, cores } = hostFacts();
    const at = new Date().toISOString();
    const report = { run: record.value.id, backend, host: { cpu, cores }, load, models, measured: at };
    const unkept = await keepReport(cwd, record.value, report);
    return success(unkept === undefined ? report : { ...report, unkept: unkept.message });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function modelStages(record: RunRecord, wanted: readonly string[]): Result<readonly StageRun[], readonly Problem[]> {
  const made = record.stages.filter(({ artifact }) => artifact?.kind === 'model');
  const names = stageNames(made);
  const unknown = wanted.filter((name) => names.find(name).length === 0);
  if (unknown.length > 0) {
    return failure(
      unknown.map((name) => {
        const hint = didYouMean(name, names.near(name), 'stages with models');
        const message = `no stage "${name}" made a model in run ${record.id}`;
        return { code: 'unknown-stage', message, ...(hint === undefined ? {} : { hint }) };
      }),
    );
  }
  if (made.length === 0) return failure([{ code: 'unknown-run', message: `run ${record.id} made no model` }]);
  return success(wanted.length === 0 ? made : [...new Set(wanted.flatMap((name) => names.find(name)))]);
}

/** Models with the same layers take the same time, whatever their weights are: measured apart they would differ by chance. */
function architectureOf(stage: StageRun): string {
  return stage.artifact?.files.find(({ path }) => path === 'architecture.json')?.digest ?? stage.id;
}

async function askToMeasure(request: MeasureRequest): Promise<Result<readonly MeasuredFolder[], string>> {
  const { folders, batches, seconds } = request;
  const args = [programFile('cli.cjs'), 'measure-latency', JSON.stringify(request)];
  // A round of a large model may take far longer than it was asked to.
  const patienceMs = nativePatienceMs() + folders.length * batches.length * (30_000 + 2000 * seconds);
  const answer = await askChild<Result<readonly MeasuredFolder[], string>>({
    ...{ command: process.execPath, args, patienceMs },
  });
  return answer.ok ? answer.value : failure(answer.error);
}

function unmeasured(backend: BackendName, why: string): Problem {
  return {
    code: 'backend-unavailable',
    message: `nothing was measured on ${backend}: ${why}`,
    hint: '`pipeline doctor` tells which backends work here',
  };
}
