import type { JsonValue } from '../base/json.ts';
import type { RunSummary } from '../records/run-record.ts';
import { csvText } from './csv.ts';
import { formatSeconds } from './format.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';
import { valueText } from './value-text.ts';

type ShownRun = RunSummary & {
  readonly name?: string;
  readonly tags?: readonly string[];
  readonly pin?: { readonly name?: string };
  readonly values?: Readonly<Record<string, JsonValue>>;
};

interface RunsLayout {
  readonly style: Style;
  readonly width: number;
  /** Names of values, a column each. */
  readonly columns: readonly string[];
  /** Of how many these are the first. */
  readonly total: number;
  /** Whether the others are of another kind, so that there may be runs where none is shown. */
  readonly isAll: boolean;
}

/** Runs as a table, with a line break at the end. */
export async function renderRuns(
  runs: readonly ShownRun[],
  { style, width, columns, total, isAll }: RunsLayout,
): Promise<string> {
  if (runs.length === 0) return isAll ? 'no runs yet\n' : 'no such runs\n';
  const shown = optional.filter(({ textOf }) => runs.some((run) => textOf(run) !== ''));
  const rows = runs.map((run) => [
    style.name(run.id),
    run.pipeline,
    statusText(run.status, style),
    run.seconds === undefined ? '' : formatSeconds(run.seconds),
    `${run.counts.ran} ran, ${run.counts.reused} reused${run.counts.failed > 0 ? `, ${run.counts.failed} failed` : ''}`,
    ...shown.map(({ textOf }) => textOf(run)),
    ...columns.map((column) => valueText(column, run.values?.[column])),
  ]);
  const fixed = ['run', 'pipeline', 'status', 'time', 'stages', ...shown.map(({ head }) => head)];
  // Long names give way to what stands below them.
  const heads = columns.map((column) => (Number.isFinite(width) ? column.replaceAll('.', '.\n') : column));
  const right = columns.flatMap((column, index) => {
    const isNumber = runs.some(({ values }) => typeof values?.[column] === 'number');
    return isNumber ? [fixed.length + index] : [];
  });
  const table = await renderTable({ head: [...fixed, ...heads], rows, right, whole: [0] }, { style, width });
  const more =
    total > runs.length ? `\n${style.faint(`the first ${runs.length} of ${total}; all with -n ${total}`)}` : '';
  return `${table}${more}\n`;
}

/** Columns that are left out where they would be empty. */
const optional: readonly { readonly head: string; readonly textOf: (run: ShownRun) => string }[] = [
  { head: 'name', textOf: ({ name = '' }) => name },
  { head: 'tags', textOf: ({ tags = [] }) => tags.join(', ') },
  { head: 'pinned', textOf: ({ pin }) => pinText(pin) },
];

/** A line a run, with a head. */
export function runsCsv(runs: readonly ShownRun[], columns: readonly string[]): string {
  const own = ['run', 'name', 'tags', 'pinned', 'pipeline', 'file', 'status', 'started', 'seconds'];
  const counts = ['ran', 'reused', 'failed', 'skipped', 'cancelled'] as const;
  const rows = runs.map((run) => [
    ...[run.id, run.name, run.tags?.join(' '), pinText(run.pin), run.pipeline, run.file, run.status, run.started],
    run.seconds,
    ...counts.map((status) => run.counts[status]),
    ...columns.map((column) => run.values?.[column]),
  ]);
  return csvText([...own, ...counts, ...columns], rows);
}

function pinText(pin: { readonly name?: string } | undefined): string {
  return pin === undefined ? '' : (pin.name ?? 'pinned');
}

function statusText(status: RunSummary['status'], style: Style): string {
  switch (status) {
    case 'succeeded':
      return style.good('succeeded');
    case 'failed':
    case 'damaged':
      return style.bad(status);
    case 'gate-missed':
      return style.bad('gate missed');
    case 'cancelled':
    case 'interrupted':
    case 'running':
      return style.warning(status);
  }
}
