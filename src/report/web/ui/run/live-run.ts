/** A run as the page has it: the record, and of one under way what its events tell beyond it. Pure. */
import type { PipelineEvent } from '../../../../core/event.ts';
import type { StageId } from '../../../../core/ids.ts';
import type { RunRecord, StageRun } from '../../../../records/run-record.ts';
import { runState } from '../../../../records/run-state.ts';
import { applyEvent, newRunView, type StageView } from '../../../run-view.ts';

export interface LiveRun {
  readonly record: RunRecord;
  /** How stages get on; empty of those of which nothing was heard. */
  readonly progress: ReadonlyMap<StageId, StageView>;
}

export interface RunFollower {
  apply(events: readonly PipelineEvent[]): void;
  now(): LiveRun;
}

/** @param record as it was written last; its events, from the first one on, say all of it again and more */
export function followRun(record: RunRecord): RunFollower {
  const state = runState({ ...record, stages: record.stages.map(begun), gates: [], warnings: [] });
  const view = newRunView();
  return {
    apply(events) {
      for (const event of events) {
        state.apply(event);
        applyEvent(view, event);
      }
    },
    now: () => ({ record: state.record(), progress: new Map(view.stages) }),
  };
}

/** As it was before the first event. */
function begun({ id, type, needs, variant }: StageRun): StageRun {
  return { id, type, needs, ...(variant === undefined ? {} : { variant }), status: 'pending' };
}
