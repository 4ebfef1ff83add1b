import { formatFigure, spacedName } from '../../format.ts';
import type { Figure, ModelRow } from '../../page-data/models.ts';
import { code, markdownTable } from './cells.ts';

/** What a reviewer looks at; the report has the rest. Those of which nothing is known are left out. */
const shown = [
  'validation.accuracy',
  'test.accuracy',
  'validation.agreement',
  'test.agreement',
  'test.gapRecovered',
  'test.loss',
  'test.ece',
  'bytes',
];

/**
 * Models against figures. With the models of a base run, each figure says how far it is from the base's.
 * @returns undefined where nothing was evaluated
 */
export function modelsTable(rows: readonly ModelRow[], base: readonly ModelRow[] | undefined): string | undefined {
  const paths = shown.filter((path) => rows.some(({ figures }) => figures[path] !== undefined));
  if (paths.length === 0) return undefined;
  const earlier = new Map(base?.map((row) => [nameOf(row), row]));
  const named = new Set(rows.map(({ evaluation }) => evaluation)).size > 1;
  const told = rows.map((row) => {
    const before = earlier.get(nameOf(row));
    const isNew = base !== undefined && before === undefined ? ' (new)' : '';
    const name = named ? `${row.evaluation}: ${modelName(row)}` : modelName(row);
    return [`${code(name)}${isNew}`, ...paths.map((path) => cell(path, row.figures[path], before?.figures[path]))];
  });
  const head = ['model', ...paths.map((path) => spacedName(path.replaceAll('.', ' ')))];
  return markdownTable({ head, rows: told, right: paths.map((_, column) => column + 1) });
}

/** Of the base run, those that this one has not. */
export function missingModels(rows: readonly ModelRow[], base: readonly ModelRow[]): readonly string[] {
  const here = new Set(rows.map(nameOf));
  return base.filter((row) => !here.has(nameOf(row))).map(modelName);
}

function nameOf(row: ModelRow): string {
  return `${row.evaluation} ${modelName(row)}`;
}

function modelName({ model, axes }: ModelRow): string {
  const told = Object.entries(axes).map(([axis, value]) => `${axis}=${value}`);
  return [model, told.join(',')].filter((part) => part !== '').join(' ');
}

function cell(path: string, figure: Figure | undefined, before: Figure | undefined): string {
  if (figure === undefined) return '';
  const half = figure.half === undefined ? '' : ` ± ${formatFigure(path, figure.half)}`;
  const mean = `${formatFigure(path, figure.mean)}${half}`;
  return before === undefined ? mean : `${mean} (${differenceText(path, figure.mean - before.mean)})`;
}

/** `+0.40 points`, `-0.012`, `same` */
export function differenceText(path: string, difference: number): string {
  if (difference === 0) return 'same';
  const sign = difference > 0 ? '+' : '-';
  const size = formatFigure(path, Math.abs(difference));
  return `${sign}${size.endsWith('%') ? `${size.slice(0, -1)} points` : size}`;
}
