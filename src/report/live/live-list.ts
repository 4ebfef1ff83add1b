import type { PipelineEvent } from '../../core/event.ts';
import type { StageId } from '../../core/ids.ts';
import { oneLine } from '../format.ts';
import { applyEvent, newRunView, type StageView } from '../run-view.ts';
import { widthOf, type EventSink, type Output } from '../sink.ts';
import { fitText } from '../text-width.ts';
import { openTaskList, type TaskList } from './task-list.ts';
import { stageLine } from './stage-line.ts';
import { countEnding, countsLine, countsState, variantCounts, type VariantCounts } from './variant-counts.ts';

/** The icon and the space before a line, and one column that stays free so that no terminal wraps. */
const margin = 3;
/** Names beyond it stand out of line, so that the figures keep their room. */
const widestName = 24;
/** No stage has such a name. */
const warningEntry = '';
/** Longer pipelines show what happens, not what waits; of variants, those that ended are counted. */
const listedStages = 20;

/** What takes its time, or is bad news. */
const OPENING: ReadonlySet<PipelineEvent['type']> = new Set([
  'stage-started',
  'stage-waiting',
  'stage-failed',
  'audit-started',
]);
/** Of a run elsewhere, nothing may be known for long. */
const SILENCE_MS = 1000;

/**
 * The live list of a terminal: a line a stage that moves with it. Nothing is loaded or drawn before a stage really runs or
 * a second has gone by, so that a run with nothing to do stays as fast as it is.
 */
export function liveListSink(output: Output): EventSink {
  const view = newRunView();
  let list: TaskList | undefined;
  let opening: Promise<void> | undefined;
  let silence: NodeJS.Timeout | undefined;
  let nameWidth = 0;
  let counts: ReadonlyMap<StageId, VariantCounts> = new Map();

  function show(stage: StageView | undefined): void {
    if (list === undefined || stage === undefined) return;
    const line = isBrief(stage) ? '' : stageLine(stage, { width: widthOf(output) - margin, nameWidth });
    list.show(stage.id, stage.state, line);
    const group = stage.variant === undefined ? undefined : counts.get(stage.variant.of);
    if (group === undefined || (!countEnding(group, stage) && group.ended.size > 0)) return;
    list.show(group.of, countsState(group), fitText(countsLine(group, nameWidth), widthOf(output) - margin));
  }

  function isBrief({ state, variant }: StageView): boolean {
    if (view.stages.size <= listedStages) return false;
    return (
      state === 'pending' ||
      state === 'reused' ||
      (variant !== undefined && counts.has(variant.of) && state !== 'running' && state !== 'failed')
    );
  }

  /** Before its first variant, a stage has a line for all of them. */
  function entries(): readonly string[] {
    const told = new Set<StageId>();
    const lines = [...view.stages.values()].flatMap(({ id, variant }) => {
      if (variant === undefined || !counts.has(variant.of) || told.has(variant.of)) return [id];
      told.add(variant.of);
      return [variant.of, id];
    });
    return [...lines, warningEntry];
  }

  async function open(): Promise<void> {
    for (const id of view.stages.keys()) nameWidth = Math.min(widestName, Math.max(nameWidth, id.length));
    if (view.stages.size > listedStages) counts = variantCounts(view.stages.values());
    list = await openTaskList(output, entries());
    for (const stage of view.stages.values()) show(stage);
    showLatest();
  }

  function openOnce(): void {
    opening ??= open();
  }

  /** The latest warning, or the audit, below the stages; the summary has all of them. */
  function showLatest(): void {
    const latest = view.audit ?? view.warnings[view.warnings.length - 1];
    if (latest !== undefined) list?.show(warningEntry, 'pending', fitText(oneLine(latest), widthOf(output) - margin));
  }

  return {
    emit(event) {
      applyEvent(view, event);
      if (event.type === 'run-started') silence ??= setTimeout(openOnce, SILENCE_MS);
      if (OPENING.has(event.type)) openOnce();
      if (event.type === 'warning' || event.type === 'audit-started') showLatest();
      else if ('stage' in event) show(view.stages.get(event.stage));
    },
    async close() {
      clearTimeout(silence);
      await opening;
      await list?.close();
    },
  };
}
