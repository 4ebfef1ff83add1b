import type { ExplainedPlan, ExplainedStage } from '../core/explained-plan.ts';
import { groupBy } from '../base/group-by.ts';
import type { StageId } from '../core/ids.ts';
import { listed as listedNames } from '../diagnostics/nearest.ts';
import { changeText } from './change-text.ts';
import { counted, formatBytes, formatSeconds, oneLine } from './format.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

/** Changes told per stage; `why` tells all of them. */
const toldChanges = 3;
/** Of the stages that one waits for. */
const toldNeeds = 6;
/** Longer plans leave out what is only reused. */
const listedStages = 40;

/** What would run and why: a line a stage, with a line break at the end. */
export async function renderPlan(plan: ExplainedPlan, options: { style: Style; width: number }): Promise<string> {
  const { stages } = plan;
  const listed = stages.length <= listedStages ? stages : stages.filter(({ status }) => status !== 'hit');
  const blocks: string[] = [];
  if (listed.length > 0)
    blocks.push(await stageTable(listed.length <= listedStages ? listed : folded(listed), options));
  blocks.push([closingLine(stages), ...costLines(plan)].join('\n'));
  for (const warning of plan.warnings ?? []) blocks.push(options.style.warning(`warning: ${oneLine(warning)}`));
  return `${blocks.join('\n\n')}\n`;
}

/** The variants of a stage to which the same happens, as one stage that they all are. */
function folded(stages: readonly ExplainedStage[]): readonly ExplainedStage[] {
  const alike = groupBy(stages, ({ stage, variant, status }) => `${status} ${variant?.of ?? stage}`);
  return [...alike.values()].flatMap(([first, ...others]): ExplainedStage[] => {
    if (first === undefined || others.length === 0) return first === undefined ? [] : [first];
    const all = [first, ...others];
    const { seconds: _, changes, ...common } = first;
    const known = all.filter(({ seconds }) => seconds !== undefined);
    return [
      {
        ...common,
        stage: `${first.variant?.of ?? first.stage} (${all.length})` as StageId,
        ...(known.length === 0 ? {} : { seconds: known.reduce((sum, { seconds = 0 }) => sum + seconds, 0) }),
        ...(all.every((stage) => reasonText(stage) === reasonText(first)) && changes !== undefined ? { changes } : {}),
        waitsFor: [...new Set(all.flatMap(({ waitsFor = [] }) => waitsFor.map(stageAsWritten)))],
      },
    ];
  });
}

/** Of many, the stages as they are written. */
function needsText(ids: readonly StageId[]): string {
  const names = ids.length <= toldNeeds ? ids : [...new Set(ids.map(stageAsWritten))];
  return listedNames(names, toldNeeds);
}

function stageAsWritten(id: StageId): StageId {
  return id.replace(/@.*/, '') as StageId;
}

async function stageTable(
  stages: readonly ExplainedStage[],
  options: { style: Style; width: number },
): Promise<string> {
  const isPredicted = stages.some((stage) => timeText(stage) !== '');
  const rows = stages.map((stage) => [
    options.style.name(stage.stage),
    statusText(stage, options.style),
    ...(isPredicted ? [timeText(stage)] : []),
    reasonText(stage),
  ]);
  return renderTable({ head: ['stage', 'plan', ...(isPredicted ? ['time'] : []), 'why'], rows }, options);
}

/** Of what will run or may; what is reused takes none. */
function timeText({ status, seconds }: ExplainedStage): string {
  return seconds === undefined || status === 'hit' ? '' : `about ${formatSeconds(seconds)}`;
}

function statusText({ status }: ExplainedStage, style: Style): string {
  switch (status) {
    case 'hit':
      return style.faint('reuse');
    case 'miss':
      return style.good('run');
    case 'unknown':
      return style.warning('run?');
    case 'skipped':
      return style.faint('skip');
    case 'blocked':
      return style.bad('blocked');
  }
}

function reasonText(stage: ExplainedStage): string {
  switch (stage.status) {
    case 'hit':
      return [
        stage.seconds === undefined ? '' : `saves ${formatSeconds(stage.seconds)}`,
        stage.from === undefined ? '' : `from ${stage.from}`,
      ]
        .filter((part) => part !== '')
        .join(', ');
    case 'unknown':
      return `known after ${needsText(stage.waitsFor ?? [])}`;
    case 'skipped':
      return stage.reason ?? '';
    case 'blocked':
      return oneLine(stage.problem?.message ?? '');
    case 'miss': {
      const changes = stage.changes ?? [];
      const lines = changes.slice(0, toldChanges).map(changeText);
      if (changes.length > toldChanges) lines.push(`and ${counted(changes.length - toldChanges, 'more difference')}`);
      return lines.length > 0 ? lines.join('\n') : (stage.reason ?? '');
    }
  }
}

function closingLine(plan: readonly ExplainedStage[]): string {
  const count = (status: ExplainedStage['status']) => plan.filter((stage) => stage.status === status).length;
  const parts = [
    `${counted(count('miss'), 'stage')} to run`,
    count('unknown') > 0 ? `${count('unknown')} known later` : '',
    count('skipped') > 0 ? `${count('skipped')} skipped` : '',
    count('blocked') > 0 ? `${count('blocked')} blocked` : '',
    `${count('hit')} reused`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** What it would take, and what it saves: where earlier results say something of it. */
function costLines({ stages, expected, saved }: ExplainedPlan): string[] {
  const { seconds, bytes, elapsedSeconds, jobs, unknownStages } = expected;
  const lines: string[] = [];
  if (seconds > 0) {
    const sideBySide =
      elapsedSeconds < 0.95 * seconds ? ` (${formatSeconds(elapsedSeconds)} with ${jobs} at once)` : '';
    const unknown = unknownStages > 0 ? `, and ${counted(unknownStages, 'stage')} of which nothing is known` : '';
    lines.push(`about ${formatSeconds(seconds)} of work${sideBySide}, ${formatBytes(bytes)} to store${unknown}`);
  }
  if (stages.some(({ status }) => status === 'hit'))
    lines.push(`reused: ${formatSeconds(saved.seconds)} of work, ${formatBytes(saved.bytes)}`);
  return lines;
}
