import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { formatBytes, formatCount, formatFigure } from './format.ts';
import type { Metrics } from './metrics-text.ts';
import { roleRank } from './model-table.ts';
import type { TableContent } from './table.ts';

/** What is measured on the data that was held back says most. */
const splits = ['test', 'validation', 'train'];

/** What docs/scorecard.md says of each. */
const figures: readonly (readonly [name: string, title: string])[] = [
  ['gapRecovered', 'gap recovered'],
  ['klToTeacher', 'KL to teacher'],
  ['loss', 'cross-entropy'],
  ['ece', 'ECE (15 bins)'],
  ['brier', 'Brier'],
  ['errors', 'errors'],
  ['errorsShared', '  shared with the teacher'],
  ['errorsNew', '  new to the teacher'],
  ['errorsMended', '  mended: the baseline made them'],
  ['errorsMade', '  made: the baseline does not'],
];

/**
 * An evaluation's figures beside accuracy and agreement, a column a model: of the test images, where it looked at them.
 * @returns undefined where the metrics are of no models, or of an evaluation that has no such figures
 */
export function scorecardTable(metrics: Metrics): TableContent | undefined {
  const models = modelsOf(metrics);
  const split = splits.find((each) => models.some(([, model]) => figureText(model[each], 'ece') !== ''));
  if (split === undefined) return undefined;
  const own = models.map(([, model]) => model[split]);
  const rows = figures.map(([name, title]) => [title, ...own.map((each) => figureText(each, name))]);
  const sizes = [
    ['parameters', ...models.map(([, { parameters }]) => sizeText(parameters, formatCount))],
    ['weights', ...models.map(([, { bytes }]) => sizeText(bytes, formatBytes))],
  ];
  const told = rows.filter((row) => row.slice(1).some((cell) => cell !== ''));
  return {
    head: [`on ${split}`, ...models.map(([name]) => name)],
    rows: [...told, ...sizes],
    right: models.map((_, index) => index + 1),
  };
}

/** What share of each class a model found, a column a model; undefined where nothing is told by class. */
export function classTable(metrics: Metrics, split: string): TableContent | undefined {
  const models = modelsOf(metrics).flatMap(([name, model]) => {
    const recall = isJsonObject(model[split]) ? model[split]['recallPerClass'] : undefined;
    return Array.isArray(recall) ? [{ name, recall: recall as readonly JsonValue[] }] : [];
  });
  const classes = Math.max(0, ...models.map(({ recall }) => recall.length));
  if (classes === 0) return undefined;
  return {
    head: [`recall on ${split}`, ...models.map(({ name }) => name)],
    rows: Array.from({ length: classes }, (_, label) => [
      `class ${label}`,
      ...models.map(({ recall }) => figureText({ recall: recall[label] ?? null }, 'recall')),
    ]),
    right: models.map((_, index) => index + 1),
  };
}

function modelsOf(metrics: Metrics): (readonly [string, JsonObject])[] {
  return Object.entries(metrics)
    .flatMap(([name, model]) => (isJsonObject(model) ? [[name, model] as const] : []))
    .sort(([a], [b]) => roleRank(a) - roleRank(b));
}

function figureText(figures: unknown, name: string): string {
  const value = isJsonObject(figures) ? figures[name] : undefined;
  return typeof value === 'number' ? formatFigure(name, value) : '';
}

function sizeText(value: JsonValue | undefined, format: (value: number) => string): string {
  return typeof value === 'number' ? format(value) : '';
}
