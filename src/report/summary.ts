import { auditedText } from './audit-text.ts';
import { groupBy } from '../base/group-by.ts';
import { writtenId } from '../core/pipeline-spec.ts';
import { renderComparison } from './comparison-text.ts';
import { counted, formatCount, formatFigure, formatSeconds, oneLine } from './format.ts';
import { headline, type Metrics } from './metrics-text.ts';
import { modelTable } from './model-table.ts';
import type { RunView, StageView } from './run-view.ts';
import type { Style } from './style.ts';
import { scorecardTable } from './scorecard.ts';
import { renderTable, type TableContent } from './table.ts';
import { renderVariants, variantTable } from './variants/variant-table.ts';

/** Beyond so many stages, those that were reused are counted, not listed. */
const listedStages = 30;

/**
 * What a person wants to know at the end of a run: per stage whether it ran, how long, its main metrics; the models side by
 * side; the gates; where the record lies.
 * @param options.record path of the run's record, as the person would type it
 */
export async function renderSummary(
  view: RunView,
  options: { style: Style; width: number; record?: string },
): Promise<string> {
  const blocks: string[] = [];
  const stages = listed(view);
  if (stages.length > 0) {
    const rows = stageRows(stages, options.style);
    blocks.push(await renderTable({ head: ['stage', 'result', 'time', 'metrics'], rows }, options));
  }
  blocks.push(...(await evaluationBlocks(view, options)), ...(await comparisonBlocks(view, options)));
  const failures = stages
    .filter(({ state }) => state === 'failed')
    .map((stage) => failureText(stage, view, options.style));
  blocks.push(...failures);
  const audits = [...view.stages.values()].flatMap((stage) => auditText(stage, options.style));
  if (audits.length > 0) blocks.push(audits.join('\n'));
  if (view.warnings.length > 0) {
    blocks.push(view.warnings.map((warning) => `${options.style.warning('warning')}: ${oneLine(warning)}`).join('\n'));
  }
  if (view.gates.length > 0) blocks.push(gateLines(view, options.style).join('\n'));
  const closing = [closingLine(view, options.style)];
  if (options.record !== undefined) closing.push(options.style.faint(`record: ${options.record}`));
  blocks.push(closing.join('\n'));
  return `${blocks.join('\n\n')}\n`;
}

/** The models side by side: of an evaluation, or of all variants of one. */
async function evaluationBlocks(view: RunView, options: { style: Style; width: number }): Promise<readonly string[]> {
  const evaluations = [...view.stages.values()].filter(({ kind }) => kind === 'evaluation');
  const blocks: string[] = [];
  for (const [id, stages] of groupBy(evaluations, writtenId)) {
    const title = id === 'evaluate' ? 'model' : id;
    const measured = stages.map(({ variant, metrics = {} }) => ({
      ...{ axes: variant?.axes ?? {}, metrics, isEvaluation: true },
    }));
    const [{ axes, metrics } = { axes: {}, metrics: {} }] = measured;
    const isPlain = Object.keys(axes).length === 0 && !Object.keys(metrics).some((model) => model.includes('@'));
    const found = isPlain
      ? [await renderModels(modelTable(metrics), title, options), await renderScorecard(metrics, options)]
      : [await renderVariants(variantTable(measured, { shown: ['accuracy', 'agreement'], title }), options)];
    blocks.push(...found.filter((block) => block !== undefined));
  }
  return blocks;
}

async function comparisonBlocks(view: RunView, options: { style: Style; width: number }): Promise<readonly string[]> {
  const comparisons = [...view.stages.values()].filter(({ kind }) => kind === 'comparison');
  const blocks = await Promise.all(
    comparisons.map(({ id, metrics = {} }) => renderComparison(metrics, id === 'compare' ? 'group' : id, options)),
  );
  return blocks.filter((block) => block !== undefined);
}

async function renderScorecard(
  metrics: Metrics,
  options: { style: Style; width: number },
): Promise<string | undefined> {
  const table = scorecardTable(metrics);
  return table === undefined ? undefined : renderTable(table, options);
}

async function renderModels(
  table: TableContent | undefined,
  title: string,
  options: { style: Style; width: number },
): Promise<string | undefined> {
  return table === undefined ? undefined : renderTable({ ...table, head: [title, ...table.head.slice(1)] }, options);
}

function listed(view: RunView): StageView[] {
  const stages = [...view.stages.values()];
  if (stages.length <= listedStages) return stages;
  return stages.filter(({ state }) => state !== 'reused' && state !== 'skipped' && state !== 'pending');
}

/** Where there are many, the variants of a stage that ran are one row. */
function stageRows(stages: readonly StageView[], style: Style): string[][] {
  if (stages.length <= listedStages) return stages.map((stage) => stageRow(stage, style));
  const folded = groupBy(stages, (stage) => (stage.state === 'done' ? writtenId(stage) : stage.id));
  return [...folded].map(([id, [first, ...others]]) => {
    if (first === undefined || others.length === 0) return first === undefined ? [] : stageRow(first, style);
    const seconds = [first, ...others].reduce((sum, stage) => sum + (stage.seconds ?? 0), 0);
    const name = `${id} (${formatCount(others.length + 1)})`;
    return [style.name(name), style.good('ran'), formatSeconds(seconds), ''];
  });
}

function stageRow(stage: StageView, style: Style): string[] {
  return [style.name(stage.id), result(stage, style), time(stage), details(stage)];
}

function result(stage: StageView, style: Style): string {
  switch (stage.state) {
    case 'done':
      return style.good('ran');
    case 'reused':
      return style.faint(stage.from === undefined ? 'reused' : 'reused (remote)');
    case 'failed':
      return style.bad('failed');
    case 'skipped':
    case 'pending':
      return style.faint('not run');
    case 'running':
    case 'waiting':
    case 'retrying':
      return style.warning('cancelled');
  }
}

function time(stage: StageView): string {
  if (stage.state === 'reused') return `saved ${formatSeconds(stage.secondsSaved ?? 0)}`;
  return stage.seconds === undefined ? '' : formatSeconds(stage.seconds);
}

function details(stage: StageView): string {
  if (stage.blockedBy !== undefined) return `needs ${stage.blockedBy}`;
  if (stage.state === 'skipped') return oneLine(stage.skippedBecause ?? '');
  return stage.kind === 'evaluation' || stage.kind === 'comparison' ? '' : headline(stage.metrics ?? {});
}

function failureText(stage: StageView, view: RunView, style: Style): string {
  const { problem } = stage;
  const lines = [
    `${style.bad(`${stage.id} failed`)}: ${problem?.message ?? ''}`,
    problem?.where === undefined ? '' : `  at ${problem.where}`,
    problem?.hint === undefined ? '' : `  ${problem.hint}`,
    view.run === undefined ? '' : style.faint(`  what it printed: pipeline logs ${view.run} ${stage.id}`),
  ];
  return lines.filter((line) => line !== '').join('\n');
}

function auditText({ id, audit }: StageView, style: Style): string[] {
  if (audit === undefined) return [];
  const line = `audit of ${id}: ${oneLine(auditedText(audit))}`;
  if (!('problem' in audit)) return [line];
  const { where, hint } = audit.problem;
  const more = [where === undefined ? '' : `  at ${where}`, hint === undefined ? '' : `  ${hint}`];
  return [`${style.bad('failed')}: ${line}`, ...more.filter((text) => text !== '')];
}

/** Beyond so many gates, those that were passed are counted, not listed. */
const listedGates = 12;

function gateLines({ gates }: RunView, style: Style): string[] {
  if (gates.length <= listedGates) return gates.map((gate) => gateLine(gate, style));
  const missed = gates.filter(({ passed }) => !passed);
  const passed = `${counted(gates.length - missed.length, 'gate')} passed`;
  return [...missed.map((gate) => gateLine(gate, style)), style.good(passed)];
}

function gateLine(gate: RunView['gates'][number], style: Style): string {
  const value = gate.value === null ? 'no value' : formatFigure(gate.metric, gate.value);
  const verdict = gate.passed ? style.good('passed') : style.bad('missed');
  // Whoever changes a pipeline until such a gate is passed has chosen on the test images.
  const look = gate.metric.includes('.test.') ? ' (a look at test: choose on validation)' : '';
  return `gate ${gate.metric} ${gate.bound}: ${value}, ${verdict}${look}`;
}

function closingLine(view: RunView, style: Style): string {
  const states = [...view.stages.values()].map(({ state }) => state);
  const count = (state: StageView['state']) => states.filter((each) => each === state).length;
  const parts = [
    `${counted(count('done'), 'stage')} ran`,
    `${count('reused')} reused`,
    count('failed') > 0 ? `${count('failed')} failed` : '',
    count('skipped') + count('pending') > 0 ? `${count('skipped') + count('pending')} not run` : '',
  ].filter((part) => part !== '');
  return `${verdict(view, style)} in ${formatSeconds(view.seconds)}: ${parts.join(', ')} (${view.backend})`;
}

function verdict(view: RunView, style: Style): string {
  switch (view.status ?? 'cancelled') {
    case 'succeeded':
      return style.good('Done');
    case 'failed':
      return style.bad('Failed');
    case 'gate-missed':
      return style.bad('A gate was missed');
    case 'cancelled':
      return style.warning('Cancelled');
  }
}
