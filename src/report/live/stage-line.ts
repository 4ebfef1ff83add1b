import { formatCount, formatFigure, formatSeconds, oneLine, spacedName } from '../format.ts';
import { headline } from '../metrics-text.ts';
import type { StageView } from '../run-view.ts';
import { fitText, textWidth } from '../text-width.ts';

/** What a stage that trains has to tell needs about so much; narrower terminals get a second line. */
const oneLineWidth = 110;

interface Layout {
  readonly width: number;
  /** Columns that the names take, so that the lines of a list align. */
  readonly nameWidth: number;
}

/** A stage as it stands: one line, or two lines while it trains on a narrow terminal; none wider than `width`. */
export function stageLine(stage: StageView, layout: Layout): string {
  const name = stage.id.padEnd(layout.nameWidth);
  if (stage.state !== 'running') return fitted([name, ...settledParts(stage)], layout.width);
  const { where, figures, left } = runningParts(stage);
  if (layout.width >= oneLineWidth) return fitted([name, ...where, ...figures, ...left], layout.width);
  const second = fitted(figures, layout.width);
  return [fitted([name, ...where, ...left], layout.width), ...(second === '' ? [] : [second])].join('\n');
}

/** As many parts as there is room for; the first one is cut where even it is too long. */
function fitted(parts: readonly string[], width: number): string {
  const told = parts.filter((part) => part !== '');
  while (told.length > 2 && textWidth(told.join('  ')) > width) told.pop();
  return fitText(told.join('  ').trimEnd(), width);
}

function settledParts(stage: StageView): string[] {
  switch (stage.state) {
    case 'pending':
    case 'running':
      return [];
    case 'waiting':
      return waitingParts(stage);
    case 'retrying':
      return retryParts(stage.retry);
    case 'reused':
      return ['reused', `saved ${formatSeconds(stage.secondsSaved ?? 0)}`];
    case 'done':
      return [
        formatSeconds(stage.seconds ?? 0),
        stage.kind === 'evaluation' || stage.kind === 'comparison' ? '' : headline(stage.metrics ?? {}),
      ];
    case 'failed':
      return [`failed: ${oneLine(stage.problem?.message ?? '')}`];
    case 'skipped':
      return [['not run', oneLine(stage.skippedBecause ?? '')].filter((part) => part !== '').join(': ')];
  }
}

/** With how that run gets on, where it is known. */
function waitingParts(stage: StageView): string[] {
  const { where, figures, left } = runningParts(stage);
  const holder = `waiting for ${oneLine(stage.holder ?? 'another run')}`;
  const [label = '', ...more] = where;
  return label === '' ? [holder] : [`${holder}: ${label}`, ...more, ...left, ...figures];
}

function retryParts(retry: StageView['retry']): string[] {
  if (retry === undefined) return [];
  const { attempt, of, delay, problem } = retry;
  return [`attempt ${attempt} of ${of} failed, next in ${formatSeconds(delay)}`, oneLine(problem.message)];
}

function runningParts(stage: StageView): { where: string[]; figures: string[]; left: string[] } {
  const { progress } = stage;
  const label = progress?.label ?? (stage.epoch === undefined ? '' : `epoch ${stage.epoch}/${stage.epochs ?? '?'}`);
  const share =
    progress !== undefined && progress.total > 0 ? Math.floor((100 * progress.done) / progress.total) : undefined;
  return {
    where: [oneLine(label), share === undefined ? '' : `${share}%`],
    figures: [
      ...mainFigures(stage.figures ?? {}),
      progress?.perSecond === undefined ? '' : `${formatCount(progress.perSecond)} ${oneLine(progress.unit)}/s`,
      label === '' ? oneLine(stage.note ?? '') : '',
    ],
    left: [stage.secondsLeft === undefined ? '' : `${formatSeconds(stage.secondsLeft)} left`],
  };
}

/** What a person watches; the plain log and the record have all of them. */
function mainFigures(figures: Readonly<Record<string, number>>): string[] {
  return ['loss', 'accuracy', 'validationAccuracy'].flatMap((name) => {
    const value = figures[name];
    return value === undefined ? [] : [`${spacedName(name)} ${formatFigure(name, value)}`];
  });
}
