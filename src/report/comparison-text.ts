import { isJsonObject, type JsonValue } from '../base/json.ts';
import { formatCount, formatFigure, oneLine } from './format.ts';
import type { Metrics } from './metrics-text.ts';
import { roleRank } from './model-table.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

const splits = ['validation', 'test', 'train'];

/**
 * What a comparison found: its groups with their means and intervals, the verdicts in words, and what speaks against these.
 * @param title above the names of the groups
 * @returns undefined where the metrics are not a comparison's
 */
export async function renderComparison(
  metrics: Metrics,
  title: string,
  options: { readonly style: Style; readonly width: number },
): Promise<string | undefined> {
  const { groups, words, notes } = metrics;
  if (!isJsonObject(groups)) return undefined;
  const rows = Object.entries(groups)
    .flatMap(([name, figures]) => (isJsonObject(figures) ? [{ name, figures }] : []))
    .sort((a, b) => rank(a.name) - rank(b.name));
  const shown = splits.filter((split) => rows.some(({ figures }) => isJsonObject(figures[split])));
  const table = await renderTable(
    {
      head: [title, 'replicates', 'steps', ...shown.map((split) => `${split} accuracy`)],
      rows: rows.map(({ name, figures }) => [
        name,
        ...['replicates', 'steps'].map((figure) => countText(figures[figure])),
        ...shown.map((split) => meanText(figures[split])),
      ]),
      right: [1, 2],
    },
    options,
  );
  const told = [...textsIn(words), ...textsIn(notes).map((note) => options.style.faint(`note: ${note}`))];
  return [table, ...told].join('\n');
}

/** The teacher, then others, the baseline last. */
function rank(group: string): number {
  return group.startsWith('baseline') ? Infinity : roleRank(group);
}

function countText(value: JsonValue | undefined): string {
  return typeof value === 'number' ? formatCount(value) : '';
}

/** `95.00% (94.60% to 95.40%)` */
function meanText(figures: JsonValue | undefined): string {
  if (!isJsonObject(figures)) return 'not looked at';
  const { accuracy, accuracyLow, accuracyHigh } = figures;
  if (typeof accuracy !== 'number') return '';
  const mean = formatFigure('accuracy', accuracy);
  if (typeof accuracyLow !== 'number' || typeof accuracyHigh !== 'number') return mean;
  return `${mean} (${formatFigure('accuracy', accuracyLow)} to ${formatFigure('accuracy', accuracyHigh)})`;
}

function textsIn(value: JsonValue | undefined): readonly string[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((text: JsonValue) => (typeof text === 'string' ? [oneLine(text)] : []));
}
