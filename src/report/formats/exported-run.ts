import type { PipelineEvent } from '../../core/event.ts';
import type { RunId } from '../../core/ids.ts';
import type { EpochFigures } from '../../core/stage-runner.ts';
import type { RunRecord, StageRun } from '../../records/run-record.ts';
import { learningCurves, type ResultOf } from '../page-data/curves.ts';

/** A run as all formats take it. Times are milliseconds since 1970. */
export interface ExportedRun {
  readonly record: RunRecord;
  readonly started: number;
  /** Of one that is under way, or was killed: the last thing that was told. */
  readonly ended: number;
  readonly stages: readonly ExportedStage[];
}

export interface ExportedStage {
  readonly stage: StageRun;
  /** Of one that trained or was reused after a training. */
  readonly epochs: readonly ExportedEpoch[];
  /** When this run worked at it: once, or after failures more often. */
  readonly attempts: readonly Attempt[];
}

export interface ExportedEpoch {
  readonly epoch: number;
  /** When it ended, in the run that trained it. */
  readonly time: number;
  readonly figures: EpochFigures;
}

export interface Attempt {
  readonly started: number;
  readonly ended: number;
  /** Why it failed, in words. */
  readonly failure?: string;
}

export interface RunSources {
  readonly record: RunRecord;
  readonly events: readonly PipelineEvent[];
  /** Of stages that were reused. */
  readonly resultOf: ResultOf;
  /** Of an earlier run, empty where its record is gone. */
  readonly eventsOf: (run: RunId) => readonly PipelineEvent[];
}

export function exportedRun({ record, events, resultOf, eventsOf }: RunSources): ExportedRun {
  const started = Date.parse(record.started);
  const told = events.map(({ time }) => time);
  const ended = record.finished === undefined ? Math.max(started, told.at(-1) ?? started) : Date.parse(record.finished);
  const curves = new Map(learningCurves(record, resultOf).map(({ stage, epochs }) => [stage, epochs]));
  const attempts = attemptsIn(events, ended);
  const ownTimes = epochTimes(events);
  return {
    ...{ record, started, ended },
    stages: record.stages.map((stage) => {
      const result = resultOf(stage);
      const { madeBy, createdAt } = result ?? {};
      const epochs = curves.get(stage.id) ?? [];
      const madeEarlier = madeBy !== undefined && madeBy.run !== record.id && epochs.length > 0;
      const earlier = madeEarlier ? epochTimes(eventsOf(madeBy.run)).get(madeBy.stage) : undefined;
      const times = new Map([...(earlier ?? []), ...(ownTimes.get(stage.id) ?? [])]);
      const latest = createdAt === undefined ? ended : Date.parse(createdAt);
      return { stage, epochs: timed(epochs, times, latest), attempts: attempts.get(stage.id) ?? [] };
    }),
  };
}

/** An epoch of which no time was noted takes that of the next one: it was over by then. */
function timed(
  epochs: readonly EpochFigures[],
  times: ReadonlyMap<number, number>,
  latest: number,
): readonly ExportedEpoch[] {
  let time = latest;
  const backwards = [...epochs].reverse().map(({ epoch = 0, ...figures }) => {
    time = Math.min(time, times.get(epoch) ?? time);
    return { epoch, time, figures };
  });
  return backwards.reverse();
}

/** By stage and epoch; of one that was trained twice, the later time. */
function epochTimes(events: readonly PipelineEvent[]): ReadonlyMap<string, ReadonlyMap<number, number>> {
  const times = new Map<string, Map<number, number>>();
  for (const event of events) {
    if (event.type !== 'epoch-ended') continue;
    const own = times.get(event.stage) ?? new Map<number, number>();
    own.set(event.epoch, event.time);
    times.set(event.stage, own);
  }
  return times;
}

function attemptsIn(events: readonly PipelineEvent[], end: number): ReadonlyMap<string, readonly Attempt[]> {
  const attempts = new Map<string, Attempt[]>();
  const open = new Map<string, number>();
  const close = (stage: string, ended: number, failure?: string): void => {
    const started = open.get(stage);
    if (started === undefined) return;
    open.delete(stage);
    // A clock that is set back must not make a time negative.
    const attempt = { started, ended: Math.max(started, ended), ...(failure === undefined ? {} : { failure }) };
    attempts.set(stage, [...(attempts.get(stage) ?? []), attempt]);
  };
  for (const event of events) {
    if (event.type === 'stage-started') open.set(event.stage, event.time);
    else if (event.type === 'stage-finished') close(event.stage, event.time);
    else if (event.type === 'stage-retrying' || event.type === 'stage-failed') {
      close(event.stage, event.time, event.problem.message);
    }
  }
  for (const stage of [...open.keys()]) close(stage, end);
  return attempts;
}
