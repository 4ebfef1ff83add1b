import { groupBy } from '../../base/group-by.ts';
import type { VariantAxes } from '../../core/pipeline-spec.ts';
import type { Measured } from './measured.ts';

/** Replicates of the same as one. */
export interface Folded {
  readonly model?: string;
  /** Without the replicate. */
  readonly axes: VariantAxes;
  readonly figures: ReadonlyMap<string, Sample>;
}

export interface Sample {
  readonly mean: number;
  /** Standard deviation, with n - 1; 0 for a single value. */
  readonly deviation: number;
  readonly count: number;
}

/** Replicates become their mean and deviation; a model that every variant has with the same figures stands there once, without axes. */
export function foldReplicates(measured: readonly Measured[]): readonly Folded[] {
  return withoutRepetition([...groupBy(measured, rowName).values()].map(foldRow));
}

const replicate = 'replicate';

function rowName({ model, axes }: Measured): string {
  const others = Object.entries(axes).filter(([axis]) => axis !== replicate);
  return JSON.stringify([model, others]);
}

function foldRow(rows: readonly Measured[]): Folded {
  const [first] = rows;
  const { [replicate]: _, ...axes } = first?.axes ?? {};
  const paths = new Set(rows.flatMap(({ figures }) => [...figures.keys()]));
  const figures = [...paths].map((path) => {
    const values = rows.flatMap((row) => row.figures.get(path) ?? []);
    return [path, sampleOf(values)] as const;
  });
  return { ...(first?.model === undefined ? {} : { model: first.model }), axes, figures: new Map(figures) };
}

export function sampleOf(values: readonly number[]): Sample {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  // What is the same everywhere is exactly that, without rounding errors.
  const [first = NaN] = values;
  if (values.every((value) => value === first)) return { mean: first, deviation: 0, count };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (count - 1)), count };
}

function withoutRepetition(rows: readonly Folded[]): readonly Folded[] {
  const repeated = new Set<Folded>();
  const once = new Map<Folded, Folded>();
  for (const [model, own] of groupBy(rows, (row) => row.model)) {
    const [first] = own;
    if (model === undefined || first === undefined || own.length === 1) continue;
    if (!own.every((row) => isAlike(row.figures, first.figures))) continue;
    for (const row of own) repeated.add(row);
    once.set(first, { ...first, axes: {} });
  }
  return rows.flatMap((row) => once.get(row) ?? (repeated.has(row) ? [] : [row]));
}

function isAlike(a: Folded['figures'], b: Folded['figures']): boolean {
  return (
    a.size === b.size &&
    [...a].every(([path, { mean, deviation }]) => {
      const other = b.get(path);
      return other?.mean === mean && other.deviation === deviation;
    })
  );
}
