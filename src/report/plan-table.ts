import type { ExplainedPlan, ExplainedStage } from '../core/explained-plan.ts';
import { changeText } from './change-text.ts';
import { counted, formatBytes, formatSeconds, oneLine } from './format.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

/** Changes told per stage; `why` tells all of them. */
const toldChanges = 3;
/** Longer plans leave out what is only reused. */
const listedStages = 40;

/** What would run and why: a line a stage, with a line break at the end. */
export async function renderPlan(plan: ExplainedPlan, options: { style: Style; width: number }): Promise<string> {
  const { stages } = plan;
  const listed = stages.length <= listedStages ? stages : stages.filter(({ status }) => status !== 'hit');
  const blocks: string[] = [];
  if (listed.length > 0) blocks.push(await stageTable(listed, options));
  blocks.push([closingLine(stages), ...costLines(plan)].join('\n'));
  return `${blocks.join('\n\n')}\n`;
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
    case 'blocked':
      return style.bad('blocked');
  }
}

function reasonText(stage: ExplainedStage): string {
  switch (stage.status) {
    case 'hit':
      return stage.seconds === undefined ? '' : `saves ${formatSeconds(stage.seconds)}`;
    case 'unknown':
      return `known after ${(stage.waitsFor ?? []).join(', ')}`;
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
