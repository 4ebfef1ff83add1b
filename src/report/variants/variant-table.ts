import { formatFigure, spacedName } from '../format.ts';
import type { Style } from '../style.ts';
import { roleRank } from '../model-table.ts';
import { renderTable, type TableContent } from '../table.ts';
import { foldReplicates, type Folded, type Sample } from './folded.ts';
import { measuredIn, type MeasuredStage } from './measured.ts';

export interface VariantTable extends TableContent {
  /** As many as a figure is the mean of, at most. */
  readonly replicates: number;
}

/**
 * The variants of a stage side by side: a row each, their axes and figures as columns. Of replicates, mean ± standard deviation.
 * @param options.shown last steps of the figures that count; the first ones where there are none of them
 * @param options.title above the names of models, where there are any
 * @returns undefined where nothing was measured
 */
export function variantTable(
  stages: readonly MeasuredStage[],
  { shown, title }: { readonly shown: readonly string[]; readonly title: string },
): VariantTable | undefined {
  const rows = foldReplicates(measuredIn(stages));
  const paths = shownPaths(rows, shown);
  const measured = rows.filter(({ figures }) => paths.some((path) => figures.has(path)));
  if (measured.length === 0) return undefined;
  const axes = [...new Set(measured.flatMap((row) => Object.keys(row.axes)))];
  const told = sorted(measured, axes);
  const hasModels = told.some(({ model }) => model !== undefined);
  const names = hasModels ? [title] : [];
  return {
    head: [...names, ...axes, ...paths.map((path) => spacedName(path.replaceAll('.', ' ')))],
    rows: told.map(({ model, axes: own, figures }) => [
      ...names.map(() => model ?? ''),
      ...axes.map((axis) => String(own[axis] ?? '')),
      ...paths.map((path) => sampleText(path, figures.get(path))),
    ]),
    right: [...axes, ...paths].flatMap((name, index) => (isOfTexts(told, name) ? [] : [names.length + index])),
    replicates: Math.max(...told.flatMap((row) => [...row.figures.values()].map(({ count }) => count))),
  };
}

/** What was gathered comes in the order of texts. Numbers go by size, other values as they came. */
function sorted(rows: readonly Folded[], axes: readonly string[]): readonly Folded[] {
  const ranks = new Map(axes.map((axis) => [axis, ranksOn(rows, axis)]));
  const rank = (row: Folded, axis: string): number => ranks.get(axis)?.get(row.axes[axis]) ?? -1;
  return [...rows].sort((a, b) => {
    const byModel = roleRank(a.model ?? '') - roleRank(b.model ?? '');
    if (byModel !== 0) return byModel;
    const axis = axes.find((each) => rank(a, each) !== rank(b, each));
    return axis === undefined ? 0 : rank(a, axis) - rank(b, axis);
  });
}

function ranksOn(rows: readonly Folded[], axis: string): ReadonlyMap<unknown, number> {
  const values = [...new Set(rows.flatMap((row) => row.axes[axis] ?? []))];
  const numbers = values.filter((value) => typeof value === 'number');
  const ordered = numbers.length === values.length ? numbers.sort((a, b) => a - b) : values;
  return new Map(ordered.map((value, index) => [value, index]));
}

function isOfTexts(rows: readonly Folded[], axis: string): boolean {
  return rows.some((row) => typeof row.axes[axis] === 'string');
}

/** With a word on what a figure with ± is. */
export async function renderVariants(
  table: VariantTable | undefined,
  options: { readonly style: Style; readonly width: number },
): Promise<string | undefined> {
  if (table === undefined) return undefined;
  const isMean = table.rows.some((row) => row.some((cell) => cell.includes(' ± ')));
  const note = isMean ? `\n${options.style.faint(`mean ± standard deviation of ${table.replicates} replicates`)}` : '';
  return `${await renderTable(table, options)}${note}`;
}

/** What is measured on the data that was held back says more than the rest. */
const splits = ['validation', 'test', 'train'];
/** Where no figure is known to count, so many are shown. */
const mostOthers = 8;

function shownPaths(rows: readonly Folded[], shown: readonly string[]): readonly string[] {
  const all = [...new Set(rows.flatMap(({ figures }) => [...figures.keys()]))];
  const main = all.map(cut).filter(({ split, figure }) => shown.includes(figure) && ['', ...splits].includes(split));
  if (main.length === 0) return all.slice(0, mostOthers);
  main.sort(
    (a, b) => shown.indexOf(a.figure) - shown.indexOf(b.figure) || splits.indexOf(a.split) - splits.indexOf(b.split),
  );
  return main.map(({ path }) => path);
}

/** `validation.accuracy` */
function cut(path: string): { readonly path: string; readonly split: string; readonly figure: string } {
  const dot = path.lastIndexOf('.');
  return { path, split: path.slice(0, Math.max(0, dot)), figure: path.slice(dot + 1) };
}

/** `95.21% ± 0.32%`, `0.239 ± 0.019`: the deviation with two digits, and the mean no finer than it. */
function sampleText(path: string, sample: Sample | undefined): string {
  if (sample === undefined) return '';
  const mean = formatFigure(path, sample.mean);
  if (sample.deviation === 0) return mean;
  if (mean.endsWith('%')) return `${mean} ± ${formatFigure(path, sample.deviation)}`;
  const decimals = Math.min(20, Math.max(0, 1 - Math.floor(Math.log10(sample.deviation))));
  return `${sample.mean.toFixed(decimals)} ± ${sample.deviation.toFixed(decimals)}`;
}
