import type { KeyChange } from '../../core/explained-plan.ts';
import type { RecordedStatus, RunRecord, StageRun } from '../../records/run-record.ts';
import type { Sample } from '../variants/folded.ts';
import { comparedCircumstances } from './circumstances.ts';
import { lineChanges, type LineChange } from './line-changes.ts';
import { comparedMetrics, type ComparedMetric } from './metrics.ts';
import { comparedParams, type ComparedEntry } from './params.ts';
import { comparedStages, type ComparedStage } from './stages.ts';

/** Runs side by side. Plain JSON; lists `of` runs are in the order of `runs`, and the first one is what the others are compared with. */
export interface RunComparison {
  readonly runs: readonly ComparedRun[];
  /** Every parameter. */
  readonly params: readonly ComparedEntry[];
  /** For each run, the lines of its YAML that the first one's has not, and the other way about; empty for the first. */
  readonly definition: readonly (readonly LineChange[])[];
  /** What was typed, backend, versions, machine, commit. */
  readonly circumstances: readonly ComparedEntry[];
  readonly stages: readonly ComparedStage[];
  /** Every number. */
  readonly metrics: readonly ComparedMetric[];
}

export interface ComparedRun {
  readonly id: string;
  readonly pipeline: string;
  readonly status: RecordedStatus;
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly seconds?: number;
}

export interface ComparisonSources {
  /** Of the 95% interval of a mean. */
  readonly half: (sample: Sample) => number;
  /** What differs between the keys of two results, where that is still known. */
  readonly changesOf?: (before: StageRun, after: StageRun) => readonly KeyChange[] | undefined;
}

/** @param records at least one */
export function compareRecords(
  records: readonly RunRecord[],
  { half, changesOf = () => undefined }: ComparisonSources,
): RunComparison {
  const [first] = records;
  return {
    runs: records.map(({ id, definition, status, started, seconds }) => ({
      ...{ id, pipeline: definition.name, status, started },
      ...(seconds === undefined ? {} : { seconds }),
    })),
    params: comparedParams(records),
    definition: records.map(({ definition }) => lineChanges(first?.definition.text ?? '', definition.text)),
    circumstances: comparedCircumstances(records),
    stages: comparedStages(records, changesOf),
    metrics: comparedMetrics(records, half),
  };
}
