import type { RunRecord } from '../records/run-record.ts';
import { formatFigure } from './format.ts';
import { numberMetrics } from './metrics-text.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

/** Every number that a run's stages told, with a line break at the end. */
export async function renderMetrics(record: RunRecord, options: { style: Style; width: number }): Promise<string> {
  const rows = record.stages.flatMap((stage) =>
    numberMetrics(stage.metrics ?? {}).map(({ path, value }, index) => [
      index === 0 ? options.style.name(stage.id) : '',
      path,
      formatFigure(path, value),
    ]),
  );
  const title = options.style.heading(`${record.definition.name}, run ${record.id}`);
  if (rows.length === 0) return `${title}\nno metrics\n`;
  return `${title}\n${await renderTable({ head: ['stage', 'metric', 'value'], rows, right: [2] }, options)}\n`;
}
