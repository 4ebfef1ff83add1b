import { groupBy } from '../../base/group-by.ts';
import type { StageId } from '../../core/ids.ts';
import { writtenId, type VariantAxes } from '../../core/pipeline-spec.ts';
import type { RunRecord } from '../../records/run-record.ts';
import { sampleOf, type Sample } from '../variants/folded.ts';
import { measuredIn, type Measured } from '../variants/measured.ts';

/** A number by its name, in each run; of replicates, their mean. */
export interface ComparedMetric {
  /** As written. */
  readonly stage: StageId;
  /** Where the stage is an evaluation: `student`. */
  readonly model?: string;
  /** Without the replicate. */
  readonly axes: VariantAxes;
  /** `validation.accuracy` */
  readonly path: string;
  /** One a run; null where the run has no such number. */
  readonly of: readonly (MetricOfRun | null)[];
  readonly differs: boolean;
}

export interface MetricOfRun extends Sample {
  /** Half the width of the 95% interval of the mean, by Student's t; absent for a single value. */
  readonly half?: number;
  /** To the first run: absent in it, and where it has no such number. */
  readonly change?: MetricChange;
}

export interface MetricChange {
  readonly value: number;
  /**
   * Half the width of the 95% interval of the mean of the differences between replicates of one number, by Student's t. Absent where the
   * runs have not the same replicates, two or more.
   */
  readonly half?: number;
}

/** In the order of the first run; what only others have comes after. */
export function comparedMetrics(
  records: readonly Pick<RunRecord, 'stages'>[],
  half: (sample: Sample) => number,
): readonly ComparedMetric[] {
  const series = records.map(seriesIn);
  const names = new Map(series.flatMap((each) => [...each]).map(([name, { subject }]) => [name, subject]));
  return [...names].map(([name, subject]) => {
    const found = series.map((each) => each.get(name)?.values);
    const [first] = found;
    const of = found.map((values, index) => {
      return values === undefined ? null : metricOfRun(values, index === 0 ? undefined : first, half);
    });
    return { ...subject, of, differs: new Set(of.map((each) => each?.mean)).size > 1 };
  });
}

type Subject = Pick<ComparedMetric, 'stage' | 'model' | 'axes' | 'path'>;
/** By replicate; under an empty name where there are none. */
type Values = ReadonlyMap<string, number>;

function seriesIn({ stages }: Pick<RunRecord, 'stages'>): ReadonlyMap<string, { subject: Subject; values: Values }> {
  const found = new Map<string, { subject: Subject; values: Map<string, number> }>();
  for (const [stage, variants] of groupBy(stages, writtenId)) {
    const measured = measuredIn(
      variants.map(({ variant, metrics = {}, artifact }) => {
        return { axes: variant?.axes ?? {}, metrics, isEvaluation: artifact?.kind === 'evaluation' };
      }),
    );
    for (const row of measured) addRow(row, stage, found);
  }
  return found;
}

function addRow(
  { model, axes, figures }: Measured,
  stage: StageId,
  found: Map<string, { subject: Subject; values: Map<string, number> }>,
): void {
  const { replicate = '', ...others } = axes;
  for (const [path, value] of figures) {
    const subject = { stage, ...(model === undefined ? {} : { model }), axes: others, path };
    const name = JSON.stringify([stage, model ?? null, Object.entries(others), path]);
    const known = found.get(name) ?? { subject, values: new Map<string, number>() };
    found.set(name, known);
    known.values.set(String(replicate), value);
  }
}

function metricOfRun(values: Values, first: Values | undefined, half: (sample: Sample) => number): MetricOfRun {
  const sample = sampleOf([...values.values()]);
  return {
    ...sample,
    ...(sample.count < 2 ? {} : { half: half(sample) }),
    ...(first === undefined ? {} : { change: changeOf(first, values, half) }),
  };
}

function changeOf(first: Values, values: Values, half: (sample: Sample) => number): MetricChange {
  const value = sampleOf([...values.values()]).mean - sampleOf([...first.values()]).mean;
  const arePaired =
    values.size > 1 && values.size === first.size && [...values.keys()].every((each) => first.has(each));
  if (!arePaired) return { value };
  const differences = [...values].map(([replicate, each]) => each - (first.get(replicate) ?? NaN));
  return { value, half: half(sampleOf(differences)) };
}
