/** The boxes of a run's drawing, and in a few words how each stage gets on. Pure. */
import type { StageId } from '../../../../core/ids.ts';
import type { StageRun, StageRunStatus } from '../../../../records/run-record.ts';
import { formatFigure, formatSeconds } from '../../../format.ts';
import { numberMetrics } from '../../../metrics-text.ts';
import type { StageView } from '../../../run-view.ts';
import type { DagStage } from '../../charts/dag/stage.ts';
import { type Sign, stageSigns } from '../signs.ts';
import type { LiveRun } from './live-run.ts';
import { groupStages, type StageGroup } from './stage-groups.ts';

/** @param apart each variant is a box of its own */
export function runBoxes({ record, progress }: LiveRun, apart: boolean): readonly DagStage[] {
  if (apart) return record.stages.map((stage) => stageBox(stage, progress.get(stage.id)));
  return groupStages(record.stages).map((group) => {
    const [only, ...others] = group.stages;
    if (only === undefined || others.length > 0) return groupBox(group, progress);
    return { ...stageBox(only, progress.get(only.id)), id: group.id, needs: group.needs };
  });
}

function stageBox(stage: StageRun, view: StageView | undefined): DagStage {
  const { sign, tone, word } = signOf(stage, view);
  const more = wordsOf(stage, view);
  const share = stage.status === 'running' ? doneShare(view) : undefined;
  return {
    ...{ id: stage.id, needs: stage.needs, title: stage.id, sign, tone, more },
    label: `${stage.id}: ${more.startsWith(word) ? more : `${word}, ${more}`}`,
    ...(share === undefined ? {} : { done: share }),
  };
}

/** As it is just now: `running` in the record may be waiting, or between two attempts. */
export function signOf({ status }: StageRun, view: StageView | undefined): Sign {
  const state = view?.state;
  if (status === 'running' && (state === 'waiting' || state === 'retrying')) return stageSigns[state];
  if (status === 'pending' && state === 'waiting') return stageSigns.waiting;
  return stageSigns[status];
}

/** What stands below its name. */
export function wordsOf(stage: StageRun, view: StageView | undefined): string {
  switch (stage.status) {
    case 'ran':
      return [formatSeconds(stage.seconds ?? 0), mainFigure(stage)].filter((part) => part !== '').join(' · ');
    case 'reused': {
      const figure = mainFigure(stage);
      return `saves ${formatSeconds(stage.secondsSaved ?? 0)}${figure === '' ? '' : ` · ${figure}`}`;
    }
    case 'running':
      return progressWords(view);
    case 'failed':
      return stage.problem?.message ?? 'failed';
    case 'skipped':
      return stage.blockedBy === undefined ? `skipped: ${stage.because ?? ''}` : `skipped: ${stage.blockedBy} failed`;
    case 'pending':
      return view?.state === 'waiting' ? 'waits for another run' : stage.type;
    case 'cancelled':
      return 'cancelled';
  }
}

function progressWords(view: StageView | undefined): string {
  if (view === undefined) return 'running';
  if (view.state === 'retrying') return `attempt ${view.retry?.attempt ?? 1} failed, tries again`;
  const { epoch, epochs, figures, progress, secondsLeft } = view;
  const at =
    progress === undefined
      ? ''
      : `${progress.label ?? ''} ${Math.floor((100 * progress.done) / Math.max(1, progress.total))}%`.trim();
  const accuracy = figures?.['validationAccuracy'] ?? figures?.['accuracy'];
  const words = [
    at === '' && epoch !== undefined ? `epoch ${epoch}/${epochs ?? 0}` : at,
    accuracy === undefined ? '' : formatFigure('accuracy', accuracy),
    secondsLeft === undefined || secondsLeft < 1 ? '' : `${formatSeconds(Math.round(secondsLeft))} left`,
  ];
  const told = words.filter((word) => word !== '').join(' · ');
  return told === '' ? (view.note ?? 'running') : told;
}

/** Of a training by its epochs, so that the bar does not begin anew with each of them. */
function doneShare(view: StageView | undefined): number | undefined {
  if (view === undefined) return undefined;
  const part = view.progress === undefined ? 0 : view.progress.done / Math.max(1, view.progress.total);
  const label = /^epoch (\d+)\/(\d+)$/.exec(view.progress?.label ?? '');
  if (label !== null) return (Number(label[1]) - 1 + part) / Math.max(1, Number(label[2]));
  if (view.progress === undefined && view.epoch !== undefined) return view.epoch / Math.max(1, view.epochs ?? 1);
  return view.progress === undefined ? undefined : part;
}

/** What a training reached, as far as one number tells it. */
function mainFigure({ type, metrics = {} }: StageRun): string {
  const numbers = numberMetrics(metrics);
  const found = ACCURACIES.flatMap((path) => numbers.filter((metric) => metric.path === path))[0];
  return found === undefined || type === 'evaluate' ? '' : formatFigure('accuracy', found.value);
}

const ACCURACIES = ['validation.accuracy', 'validationAccuracy', 'accuracy'];

/** What is worst or most alive among them says how all of them are. */
const BY_WEIGHT: readonly StageRunStatus[] = ['failed', 'running', 'pending', 'cancelled', 'ran', 'reused', 'skipped'];

function groupBox(group: StageGroup<StageRun>, progress: ReadonlyMap<StageId, StageView>): DagStage {
  const counts = countStatuses(group.stages);
  const failed = counts.get('failed') ?? 0;
  const begun = group.stages.some(({ status }) => status !== 'pending');
  const leading = BY_WEIGHT.find((status) => (counts.get(status) ?? 0) > 0) ?? 'pending';
  const { sign, tone } = stageSigns[leading === 'pending' && begun ? 'running' : leading];
  const ended = group.stages.length - (counts.get('running') ?? 0) - (counts.get('pending') ?? 0);
  const busy = group.stages.filter(({ status }) => status === 'running');
  const parts = busy.reduce((sum, { id }) => sum + (doneShare(progress.get(id)) ?? 0), 0);
  const more = begun ? statusWords(counts) : group.type;
  const isUnderWay = begun && ended < group.stages.length && failed === 0;
  return {
    ...{ id: group.id, needs: group.needs, title: group.id, sign, tone, more, count: group.stages.length },
    label: `${group.id}, ${group.stages.length} variants: ${more}`,
    ...(isUnderWay ? { done: (ended + parts) / group.stages.length } : {}),
  };
}

function countStatuses(stages: readonly StageRun[]): ReadonlyMap<StageRunStatus, number> {
  const counts = new Map<StageRunStatus, number>();
  for (const { status } of stages) counts.set(status, (counts.get(status) ?? 0) + 1);
  return counts;
}

/** `12 ran, 3 reused` */
function statusWords(counts: ReadonlyMap<StageRunStatus, number>): string {
  return BY_WEIGHT.filter((status) => counts.has(status))
    .map((status) => `${counts.get(status) ?? 0} ${stageSigns[status].word}`)
    .join(', ');
}
