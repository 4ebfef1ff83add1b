import type { PipelineEvent } from '../core/event.ts';
import type { StageId } from '../core/ids.ts';
import type { EpochFigures } from '../core/stage-runner.ts';
import type { GitState, RunRecord, RunSummary, StageRun, StageRunStatus } from './run-record.ts';

/** A run's record as it grows with the run's events; the same for a run under way and for one read back from its events. */
export interface RunState {
  apply(event: PipelineEvent): void;
  setGit(git: GitState): void;
  record(): RunRecord;
  summary(): RunSummary;
}

/** @param initial the record before the first event */
export function runState(initial: RunRecord): RunState {
  let head = initial;
  const stages = new Map<StageId, StageRun>(initial.stages.map((stage) => [stage.id, stage]));
  const gates = [...initial.gates];
  const warnings = [...initial.warnings];
  return {
    apply(event) {
      if (event.type === 'run-started') {
        head = { ...head, jobs: event.jobs };
        for (const stage of event.stages) stages.set(stage.id, { ...stage, status: 'pending' });
      } else if (event.type === 'run-finished') {
        head = { ...head, status: event.status, finished: toIso(event.time), seconds: event.seconds };
        for (const stage of stages.values()) stages.set(stage.id, endedStage(stage));
      } else if (event.type === 'gate-checked') {
        const { metric, bound, value, passed } = event;
        gates.push({ metric, bound, value, passed });
      } else if (event.type === 'audit-started') {
        // What comes of it is told stage by stage.
      } else if (event.type === 'warning') {
        warnings.push({ message: event.message, ...(event.stage === undefined ? {} : { stage: event.stage }) });
      } else {
        const before = stages.get(event.stage);
        if (before !== undefined) stages.set(event.stage, afterEvent(before, event));
      }
    },
    setGit(git) {
      head = { ...head, facts: { ...head.facts, git } };
    },
    record: () => ({ ...head, stages: [...stages.values()], gates: [...gates], warnings: [...warnings] }),
    summary: () => summaryOf(head, stages.values()),
  };
}

export function summaryOf(record: RunRecord, stages: Iterable<StageRun> = record.stages): RunSummary {
  const counts = { ...NO_STAGES };
  for (const { status } of stages) if (Object.hasOwn(counts, status)) counts[status]++;
  return {
    id: record.id,
    status: record.status,
    pipeline: record.definition.name,
    file: record.definition.file,
    ...(record.definition.path === undefined ? {} : { path: record.definition.path }),
    started: record.started,
    ...(record.seconds === undefined ? {} : { seconds: record.seconds }),
    counts,
    process: record.process,
  };
}

export const NO_STAGES: Readonly<Record<StageRunStatus, number>> = {
  pending: 0,
  running: 0,
  ran: 0,
  reused: 0,
  failed: 0,
  skipped: 0,
  cancelled: 0,
};

export function toIso(time: number): string {
  return new Date(time).toISOString();
}

type StageEvent = Exclude<
  PipelineEvent,
  { type: 'run-started' | 'run-finished' | 'gate-checked' | 'audit-started' | 'warning' }
>;

function afterEvent(stage: StageRun, event: StageEvent): StageRun {
  switch (event.type) {
    case 'stage-started':
      return { ...stage, status: 'running', key: event.key, because: event.because };
    case 'stage-retrying': {
      const { problem, seconds } = event;
      return { ...stage, retries: [...(stage.retries ?? []), { problem, seconds }] };
    }
    case 'stage-reused': {
      const { key, artifact, metrics, secondsSaved, from } = event;
      const origin = from === undefined ? {} : { from };
      return { ...stage, status: 'reused', key, artifact, metrics, secondsSaved, ...origin };
    }
    case 'stage-finished': {
      const { key, artifact, metrics, seconds } = event;
      return { ...stage, status: 'ran', key, artifact, metrics, seconds };
    }
    case 'stage-failed': {
      const { problem, seconds } = event;
      return { ...stage, status: problem.code === 'stage-cancelled' ? 'cancelled' : 'failed', problem, seconds };
    }
    case 'stage-skipped': {
      const { blockedBy, because } = event;
      if (blockedBy === undefined && because === undefined) return { ...stage, status: 'cancelled' };
      const reason = {
        ...(blockedBy === undefined ? {} : { blockedBy }),
        ...(because === undefined ? {} : { because }),
      };
      return { ...stage, status: 'skipped', ...reason };
    }
    case 'stage-audited': {
      const { time: _time, type: _type, stage: _stage, key: _key, ...audit } = event;
      return { ...stage, audit };
    }
    case 'epoch-ended':
      return { ...stage, epochs: [...epochsBefore(stage, event.epoch), { epoch: event.epoch, ...event.figures }] };
    case 'stage-progress':
    case 'stage-note':
    case 'stage-output':
    case 'stage-waiting':
    case 'holder-progress':
      return stage;
  }
}

/** A later attempt in this run goes on from a checkpoint, or starts anew: what it trains again takes the place of what there was. */
function epochsBefore({ epochs = [] }: StageRun, epoch: number): readonly EpochFigures[] {
  return epochs.filter((each) => (each['epoch'] ?? 0) < epoch);
}

/** Whatever had no end of its own by the end of the run. */
export function endedStage(stage: StageRun): StageRun {
  return stage.status === 'pending' || stage.status === 'running' ? { ...stage, status: 'cancelled' } : stage;
}
