import type { KeptLatency } from '../records/latencies.ts';
import type { RunRecord } from '../records/run-record.ts';
import { groupBy } from '../base/group-by.ts';
import { writtenId } from '../core/pipeline-spec.ts';
import { renderComparison } from './comparison-text.ts';
import { csvText } from './csv.ts';
import { curveTable } from './curve-lines.ts';
import { formatFigure } from './format.ts';
import { runFrontier } from './frontier.ts';
import { renderFrontier } from './frontier-text.ts';
import { numberMetrics } from './metrics-text.ts';
import { classTable } from './scorecard.ts';
import type { LearningCurve } from './page-data/curves.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';
import { renderVariants, variantTable } from './variants/variant-table.ts';

/** Every number that a run's stages told, with a line break at the end. */
export async function renderMetrics(
  record: RunRecord,
  options: {
    readonly style: Style;
    readonly width: number;
    readonly latencies?: readonly KeptLatency[];
    readonly curves?: readonly LearningCurve[];
  },
): Promise<string> {
  const alone = record.stages.filter(({ variant }) => variant === undefined);
  const rows = alone.flatMap((stage) =>
    numberMetrics(stage.metrics ?? {}).map(({ path, value }, index) => [
      index === 0 ? options.style.name(stage.id) : '',
      path,
      formatFigure(path, value),
    ]),
  );
  const title = options.style.heading(`${record.definition.name}, run ${record.id}`);
  const [comparisons, others] = [
    record.stages.filter(isComparison),
    record.stages.filter((each) => !isComparison(each)),
  ];
  const blocks = [...(await variantBlocks(others, options)), ...(await comparisonBlocks(comparisons, options))];
  if (rows.length > 0)
    blocks.unshift(
      await renderTable({ head: ['stage', 'metric', 'value'], rows, right: [2] }, options),
      ...(await classBlocks(alone, options)),
    );
  const stages = record.stages.map(({ id, artifact, metrics = {} }) => ({ id, kind: artifact?.kind, metrics }));
  const frontier = runFrontier(stages, options.latencies);
  if (frontier !== undefined) blocks.push(await renderFrontier(frontier, options));
  const curves = curveTable(options.curves ?? []);
  if (curves !== undefined) blocks.push(await renderTable(curves, options));
  return `${title}\n${blocks.length === 0 ? 'no metrics' : blocks.join('\n\n')}\n`;
}

/** A line a number, in full. */
export function metricsCsv({ stages }: RunRecord): string {
  const rows = stages.flatMap(({ id, metrics = {} }) =>
    numberMetrics(metrics).map(({ path, value }) => [id, path, value]),
  );
  return csvText(['stage', 'metric', 'value'], rows);
}

async function classBlocks(
  stages: RunRecord['stages'],
  options: { style: Style; width: number },
): Promise<readonly string[]> {
  const blocks: string[] = [];
  for (const { id, metrics = {}, artifact } of stages) {
    if (artifact?.kind !== 'evaluation') continue;
    for (const split of ['validation', 'test', 'train']) {
      const table = classTable(metrics, split);
      if (table !== undefined) blocks.push(`${options.style.name(id)}\n${await renderTable(table, options)}`);
    }
  }
  return blocks;
}

function isComparison({ artifact }: RunRecord['stages'][number]): boolean {
  return artifact?.kind === 'comparison';
}

async function comparisonBlocks(
  stages: RunRecord['stages'],
  options: { style: Style; width: number },
): Promise<readonly string[]> {
  const blocks = await Promise.all(stages.map(({ id, metrics = {} }) => renderComparison(metrics, id, options)));
  return blocks.filter((block) => block !== undefined);
}

/** What people compare; `--json` has all of it. */
const compared = ['accuracy', 'agreement', 'gapRecovered', 'loss', 'ece'];

async function variantBlocks(stages: RunRecord['stages'], options: { style: Style; width: number }): Promise<string[]> {
  const groups = groupBy(
    stages.filter(({ variant }) => variant !== undefined),
    writtenId,
  );
  const blocks: string[] = [];
  for (const [id, variants] of groups) {
    const measured = variants.map(({ variant, metrics = {}, artifact }) => ({
      axes: variant?.axes ?? {},
      metrics,
      isEvaluation: artifact?.kind === 'evaluation',
    }));
    const block = await renderVariants(variantTable(measured, { shown: compared, title: 'model' }), options);
    if (block !== undefined) blocks.push(`${options.style.name(id)}\n${block}`);
  }
  return blocks;
}
