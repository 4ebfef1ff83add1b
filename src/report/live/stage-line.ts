import { formatCount, formatFigure, formatSeconds, oneLine, spacedName } from '../format.ts';
import { headline } from '../metrics-text.ts';
import type { StageView } from '../run-view.ts';
import { fitText, textWidth } from '../text-width.ts';

/**
 * One line for a stage as it stands, no wider than `width`: parts that do not fit are left out from the right.
 * @param nameWidth columns that the name takes, so that the lines of a list align
 */
export function stageLine(stage: StageView, options: { width: number; nameWidth: number }): string {
  let line = stage.id.padEnd(options.nameWidth);
  for (const part of partsOf(stage).filter((text) => text !== '')) {
    const longer = `${line}  ${part}`;
    if (textWidth(longer) > options.width) return line.trimEnd() === stage.id ? fitText(longer, options.width) : line;
    line = longer;
  }
  return fitText(line.trimEnd(), options.width);
}

function partsOf(stage: StageView): string[] {
  switch (stage.state) {
    case 'pending':
      return [];
    case 'waiting':
      return [`waiting for ${oneLine(stage.holder ?? 'another run')}`];
    case 'running':
      return runningParts(stage);
    case 'reused':
      return ['reused', `saved ${formatSeconds(stage.secondsSaved ?? 0)}`];
    case 'done':
      return [formatSeconds(stage.seconds ?? 0), stage.kind === 'evaluation' ? '' : headline(stage.metrics ?? {})];
    case 'failed':
      return [`failed: ${oneLine(stage.problem?.message ?? '')}`];
    case 'skipped':
      return [stage.blockedBy === undefined ? 'not run' : `not run: ${stage.blockedBy} failed`];
  }
}

function runningParts(stage: StageView): string[] {
  const { progress, figures } = stage;
  const left = stage.secondsLeft;
  const label = progress?.label ?? (stage.epoch === undefined ? '' : `epoch ${stage.epoch}/${stage.epochs ?? '?'}`);
  return [
    oneLine(label),
    progress !== undefined && progress.total > 0 ? `${Math.floor((100 * progress.done) / progress.total)}%` : '',
    ...mainFigures(figures ?? {}),
    progress?.perSecond === undefined ? '' : `${formatCount(progress.perSecond)} ${oneLine(progress.unit)}/s`,
    left === undefined ? '' : `${formatSeconds(left)} left`,
    label === '' ? oneLine(stage.note ?? '') : '',
  ];
}

/** Loss and accuracy first; a narrow terminal shows no more. */
function mainFigures(figures: Readonly<Record<string, number>>): string[] {
  return ['loss', 'accuracy', 'validationAccuracy'].flatMap((name) => {
    const value = figures[name];
    return value === undefined ? [] : [`${spacedName(name)} ${formatFigure(name, value)}`];
  });
}
