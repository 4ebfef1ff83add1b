import { isJsonObject, type JsonValue } from '../base/json.ts';
import { formatFigure, spacedName } from './format.ts';
import { numberMetrics, type Metrics } from './metrics-text.ts';
import type { TableContent } from './table.ts';

/**
 * Models against figures, from the metrics of an evaluation: `{ student: { validation: { accuracy } } }` becomes a row `student`
 * and a column `validation accuracy`. Models stand in the order of the metrics.
 * @returns undefined where the metrics name no model
 */
export function modelTable(metrics: Metrics): TableContent | undefined {
  const models = Object.entries(metrics).filter((entry): entry is [string, Readonly<Record<string, JsonValue>>] =>
    isJsonObject(entry[1]),
  );
  const columns: string[] = [];
  const rows = models.map(([name, figures]) => {
    const accuracies = numberMetrics(figures).filter(({ path }) => isMain(path));
    for (const { path } of accuracies) if (!columns.includes(path)) columns.push(path);
    return { name, values: new Map(accuracies.map(({ path, value }) => [path, value])) };
  });
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

/** What stands in a summary; the rest is in the record. */
function isMain(path: string): boolean {
  return /(^|\.)(accuracy|agreement)$/.test(path);
}
