import { auditedText } from './audit-text.ts';
import { counted, formatFigure, formatSeconds, oneLine } from './format.ts';
import { headline } from './metrics-text.ts';
import { modelTable } from './model-table.ts';
import type { RunView, StageView } from './run-view.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

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
    const rows = stages.map((stage) => stageRow(stage, options.style));
    blocks.push(await renderTable({ head: ['stage', 'result', 'time', 'metrics'], rows }, options));
  }
  for (const { id, kind, metrics } of view.stages.values()) {
    const table = kind === 'evaluation' && metrics !== undefined ? modelTable(metrics) : undefined;
    if (table === undefined) continue;
    const head = table.head.map((text, index) => (index === 0 && id !== 'evaluate' ? id : text));
    blocks.push(await renderTable({ ...table, head }, options));
  }
  const failures = stages
    .filter(({ state }) => state === 'failed')
    .map((stage) => failureText(stage, view, options.style));
  blocks.push(...failures);
  const audits = [...view.stages.values()].flatMap((stage) => auditText(stage, options.style));
  if (audits.length > 0) blocks.push(audits.join('\n'));
  if (view.warnings.length > 0) {
    blocks.push(view.warnings.map((warning) => `${options.style.warning('warning')}: ${oneLine(warning)}`).join('\n'));
  }
  const gates = view.gates.map((gate) => gateLine(gate, options.style));
  if (gates.length > 0) blocks.push(gates.join('\n'));
  const closing = [closingLine(view, options.style)];
  if (options.record !== undefined) closing.push(options.style.faint(`record: ${options.record}`));
  blocks.push(closing.join('\n'));
  return `${blocks.join('\n\n')}\n`;
}

function listed(view: RunView): StageView[] {
  const stages = [...view.stages.values()];
  if (stages.length <= listedStages) return stages;
  return stages.filter(({ state }) => state !== 'reused' && state !== 'skipped' && state !== 'pending');
}

function stageRow(stage: StageView, style: Style): string[] {
  return [style.name(stage.id), result(stage, style), time(stage), details(stage)];
}

function result(stage: StageView, style: Style): string {
  switch (stage.state) {
    case 'done':
      return style.good('ran');
    case 'reused':
      return style.faint('reused');
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
  return stage.kind === 'evaluation' ? '' : headline(stage.metrics ?? {});
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

function gateLine(gate: RunView['gates'][number], style: Style): string {
  const value = gate.value === null ? 'no value' : formatFigure(gate.metric, gate.value);
  const verdict = gate.passed ? style.good('passed') : style.bad('missed');
  return `gate ${gate.metric} ${gate.bound}: ${value}, ${verdict}`;
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
