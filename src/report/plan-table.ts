import type { ExplainedStage } from '../core/explained-plan.ts';
import { changeText } from './change-text.ts';
import { counted, formatSeconds, oneLine } from './format.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

/** Changes told per stage; `why` tells all of them. */
const toldChanges = 3;
/** Longer plans leave out what is only reused. */
const listedStages = 40;

/** What would run and why: a line a stage, with a line break at the end. */
export async function renderPlan(
  plan: readonly ExplainedStage[],
  options: { style: Style; width: number },
): Promise<string> {
  const listed = plan.length <= listedStages ? plan : plan.filter(({ status }) => status !== 'hit');
  const blocks: string[] = [];
  if (listed.length > 0) {
    const rows = listed.map((stage) => [
      options.style.name(stage.stage),
      statusText(stage, options.style),
      reasonText(stage),
    ]);
    blocks.push(await renderTable({ head: ['stage', 'plan', 'why'], rows }, options));
  }
  blocks.push(closingLine(plan));
  return `${blocks.join('\n\n')}\n`;
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
