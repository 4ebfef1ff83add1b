import { isJsonObject, type JsonValue } from '../base/json.ts';
import { formatFigure, spacedName } from './format.ts';
import { numberMetrics, type Metrics, type NumberMetric } from './metrics-text.ts';
import type { TableContent } from './table.ts';

/**
 * Models against figures, from the metrics of an evaluation: `{ student: { validation: { accuracy } } }` becomes a row `student`
 * and a column `validation accuracy`. The teacher stands first, then its student and the baseline.
 * @returns undefined where the metrics name no model
 */
export function modelTable(metrics: Metrics): TableContent | undefined {
  const models = Object.entries(metrics).filter((entry): entry is [string, Readonly<Record<string, JsonValue>>] =>
    isJsonObject(entry[1]),
  );
  const rows = models
    .map(([name, figures]) => ({ name, values: new Map(mainNumbers(figures).map(({ path, value }) => [path, value])) }))
    .sort((a, b) => roleRank(a.name) - roleRank(b.name));
  const paths = new Set(rows.flatMap(({ values }) => [...values.keys()]));
  const columns = [...paths].sort((a, b) => rank(shown, lastStep(a)) - rank(shown, lastStep(b)));
  if (columns.length === 0) return undefined;
  return {
    head: ['model', ...columns.map((path) => spacedName(path.replaceAll('.', ' ')))],
    rows: rows
      .filter(({ values }) => values.size > 0)
      .map(({ name, values }) => [
        name,
        ...columns.map((path) => {
          const value = values.get(path);
          return value === undefined ? '' : formatFigure(path, value);
        }),
      ]),
    right: columns.map((_, index) => index + 1),
  };
}

const roles = ['teacher', 'student', 'baseline'];

/** Less for what stands before others. */
export function roleRank(model: string): number {
  return rank(roles, model);
}

/** What stands in a summary; the rest is in the record. */
const shown = ['accuracy', 'agreement'];

function mainNumbers(figures: Metrics): NumberMetric[] {
  return numberMetrics(figures).filter(({ path }) => shown.includes(lastStep(path)));
}

function lastStep(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

/** What the list does not name stands after what it does. */
function rank(list: readonly string[], name: string): number {
  const index = list.indexOf(name);
  return index === -1 ? list.length : index;
}
