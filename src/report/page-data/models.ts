import { groupBy } from '../../base/group-by.ts';
import { writtenId } from '../../core/pipeline-spec.ts';
import type { VariantAxes } from '../../core/pipeline-spec.ts';
import type { RunRecord } from '../../records/run-record.ts';
import { foldReplicates, type Sample } from '../variants/folded.ts';
import { measuredIn } from '../variants/measured.ts';
import { rankOf, roleOf, type Role } from './roles.ts';

/** A model of a run with every number that an evaluation has of it; replicates of one model are one row. Plain JSON. */
export interface ModelRow {
  /** The evaluation as written. */
  readonly evaluation: string;
  /** Its slot there: `student`. */
  readonly model: string;
  readonly role: Role;
  /** Without the replicate. */
  readonly axes: VariantAxes;
  /** By path: `bytes`, `parameters`, `validation.accuracy`, `test.ece`, … */
  readonly figures: Readonly<Record<string, Figure>>;
}

export interface Figure extends Sample {
  /** Half the width of the 95% interval of the mean, by Student's t; absent for a single value. */
  readonly half?: number;
}

/** @param half of the interval of a mean, as docs/comparison.md defines it */
export function modelRows(
  { stages }: Pick<RunRecord, 'stages'>,
  half: (sample: Sample) => number,
): readonly ModelRow[] {
  const evaluations = stages.filter(({ artifact }) => artifact?.kind === 'evaluation');
  const rows = [...groupBy(evaluations, writtenId)].flatMap(([evaluation, group]) => {
    const measured = measuredIn(
      group.map(({ variant, metrics = {} }) => ({ axes: variant?.axes ?? {}, metrics, isEvaluation: true })),
    );
    return foldReplicates(measured).map(({ model = '', axes, figures }): ModelRow => {
      const told = [...figures].map(([path, sample]) => {
        return [path, sample.count < 2 ? sample : { ...sample, half: half(sample) }] as const;
      });
      return { evaluation, model, role: roleOf(model), axes, figures: Object.fromEntries(told) };
    });
  });
  return rows.sort((a, b) => rankOf(a.role) - rankOf(b.role) || byAxes(a.axes, b.axes));
}

/** Numbers by size; others as they came. */
function byAxes(a: VariantAxes, b: VariantAxes): number {
  for (const [axis, value] of Object.entries(a)) {
    const other = b[axis];
    if (typeof value === 'number' && typeof other === 'number' && value !== other) return value - other;
  }
  return 0;
}

/**
 * Those that no other beats in both: at most as many bytes and at least as accurate on validation, and better in one.
 * @returns of each row whether it is one; undefined for one without these figures
 */
export function frontierOf(rows: readonly ModelRow[]): readonly (boolean | undefined)[] {
  const sized = rows.map(({ figures }) => {
    const [bytes, accuracy] = [figures['bytes']?.mean, figures['validation.accuracy']?.mean];
    return bytes === undefined || accuracy === undefined ? undefined : { bytes, accuracy };
  });
  return sized.map((own) => {
    if (own === undefined) return undefined;
    return !sized.some((other) => {
      if (other === undefined || other.bytes > own.bytes || other.accuracy < own.accuracy) return false;
      return other.bytes < own.bytes || other.accuracy > own.accuracy;
    });
  });
}
