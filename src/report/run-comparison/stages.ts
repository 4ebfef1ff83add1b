import type { KeyChange } from '../../core/explained-plan.ts';
import type { StageId } from '../../core/ids.ts';
import type { RunRecord, StageRun, StageRunStatus } from '../../records/run-record.ts';

export interface ComparedStage {
  readonly stage: StageId;
  /** One a run; null where the run has no such stage. */
  readonly of: readonly (StageOfRun | null)[];
  /** Whether their keys are not all the same, so that they are not the same result. */
  readonly differs: boolean;
}

export interface StageOfRun {
  readonly type: string;
  readonly status: StageRunStatus;
  /** Absent where it did not get so far as to have one. */
  readonly key?: string;
  /** Of what it made. */
  readonly digest?: string;
  /** What it took when it ran. */
  readonly seconds?: number;
  /** What of its key is another than in the first run; absent where that is not known, or the keys are the same. */
  readonly changes?: readonly KeyChange[];
}

/** In the order of the first run; what only others have comes after. */
export function comparedStages(
  records: readonly Pick<RunRecord, 'stages'>[],
  changesOf: (before: StageRun, after: StageRun) => readonly KeyChange[] | undefined,
): readonly ComparedStage[] {
  const byId = records.map(({ stages }) => new Map(stages.map((stage) => [stage.id, stage])));
  const ids = new Set(byId.flatMap((stages) => [...stages.keys()]));
  return [...ids].map((id) => {
    const found = byId.map((stages) => stages.get(id));
    const [first] = found;
    return {
      stage: id,
      of: found.map((stage) => (stage === undefined ? null : stageOfRun(stage, first, changesOf))),
      differs: new Set(found.map((stage) => (stage === undefined ? null : (stage.key ?? '')))).size > 1,
    };
  });
}

function stageOfRun(
  stage: StageRun,
  first: StageRun | undefined,
  changesOf: (before: StageRun, after: StageRun) => readonly KeyChange[] | undefined,
): StageOfRun {
  const { type, status, key, artifact } = stage;
  const seconds = stage.seconds ?? stage.secondsSaved;
  const isOther = first?.key !== undefined && key !== undefined && key !== first.key;
  const changes = isOther ? changesOf(first, stage) : undefined;
  return {
    ...{ type, status },
    ...(key === undefined ? {} : { key }),
    ...(artifact === undefined ? {} : { digest: artifact.digest }),
    ...(seconds === undefined ? {} : { seconds }),
    ...(changes === undefined ? {} : { changes }),
  };
}
