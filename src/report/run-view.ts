import type { JsonValue } from '../base/json.ts';
import type { EventProblem, PipelineEvent, RunStatus } from '../core/event.ts';
import type { StageId } from '../core/ids.ts';
import type { StageVariant } from '../core/pipeline-spec.ts';
import type { EpochFigures, StageProgress } from '../core/stage-runner.ts';
import { auditLine } from './audit-text.ts';
import { lastLine } from './format.ts';

/** A run as its events so far tell it: what the live list shows, and the summary sums up. */
export interface RunView {
  run?: string;
  pipeline: string;
  backend: string;
  status?: RunStatus;
  seconds: number;
  /** In topological order. */
  readonly stages: Map<StageId, StageView>;
  readonly gates: GateView[];
  readonly warnings: string[];
  /** What is being audited, in a line. */
  audit?: string;
}

export interface StageView {
  readonly id: StageId;
  readonly variant?: StageVariant;
  readonly type: string;
  /** `retrying`: an attempt failed, and the next one has not begun. */
  state: 'pending' | 'waiting' | 'running' | 'retrying' | 'reused' | 'done' | 'failed' | 'skipped';
  startedAt?: number;
  seconds?: number;
  secondsSaved?: number;
  /** The remote that its result was brought from. */
  from?: string;
  /** The kind of the artifact that it made. */
  kind?: string;
  metrics?: Readonly<Record<string, JsonValue>>;
  problem?: EventProblem;
  blockedBy?: StageId;
  /** Why it was not run. */
  skippedBecause?: string;
  audit?: Extract<PipelineEvent, { type: 'stage-audited' }>;
  holder?: string;
  retry?: Extract<PipelineEvent, { type: 'stage-retrying' }>;
  epoch?: number;
  epochs?: number;
  figures?: EpochFigures;
  progress?: Extract<StageProgress, { type: 'stage-progress' }>;
  secondsLeft?: number;
  note?: string;
}

interface GateView {
  readonly metric: string;
  readonly bound: string;
  readonly value: number | null;
  readonly passed: boolean;
}

export function newRunView(): RunView {
  return { pipeline: '', backend: '', seconds: 0, stages: new Map(), gates: [], warnings: [] };
}

export function applyEvent(view: RunView, event: PipelineEvent): void {
  switch (event.type) {
    case 'run-started':
      view.run = event.run;
      view.pipeline = event.pipeline;
      view.backend = event.backend;
      for (const { id, type, variant } of event.stages)
        view.stages.set(id, { id, type, ...(variant === undefined ? {} : { variant }), state: 'pending' });
      return;
    case 'run-finished':
      view.status = event.status;
      view.seconds = event.seconds;
      return;
    case 'gate-checked':
      view.gates.push(event);
      return;
    case 'audit-started':
      view.audit = auditLine(event);
      return;
    case 'warning':
      view.warnings.push(event.stage === undefined ? event.message : `${event.stage}: ${event.message}`);
      return;
    default:
      applyStageEvent(stageOf(view, event.stage), event);
  }
}

type StageEvent = Exclude<
  PipelineEvent,
  { type: 'run-started' | 'run-finished' | 'gate-checked' | 'audit-started' | 'warning' }
>;

function applyStageEvent(stage: StageView, event: StageEvent): void {
  switch (event.type) {
    case 'stage-started':
      stage.state = 'running';
      stage.startedAt = event.time;
      delete stage.progress;
      return;
    case 'stage-retrying':
      stage.state = 'retrying';
      stage.retry = event;
      return;
    case 'stage-waiting':
      stage.state = 'waiting';
      stage.holder = event.holder;
      return;
    case 'stage-progress':
    case 'epoch-ended':
    case 'stage-note':
      applyProgress(stage, event);
      return;
    case 'stage-output':
      stage.note = lastLine(event.text);
      return;
    case 'holder-progress':
      stage.holder = `run ${event.run}`;
      applyProgress(stage, event.progress);
      return;
    case 'stage-reused':
      stage.state = 'reused';
      stage.metrics = event.metrics;
      stage.kind = event.artifact.kind;
      stage.secondsSaved = event.secondsSaved;
      if (event.from !== undefined) stage.from = event.from;
      return;
    case 'stage-finished':
      stage.state = 'done';
      stage.metrics = event.metrics;
      stage.kind = event.artifact.kind;
      stage.seconds = event.seconds;
      return;
    case 'stage-failed':
      stage.state = 'failed';
      stage.problem = event.problem;
      stage.seconds = event.seconds;
      return;
    case 'stage-audited':
      stage.audit = event;
      return;
    case 'stage-skipped':
      stage.state = 'skipped';
      if (event.blockedBy !== undefined) stage.blockedBy = event.blockedBy;
      stage.skippedBecause = skipReason(event);
  }
}

/** Of the stage itself, or of another run that computes the same. */
function applyProgress(stage: StageView, event: StageProgress): void {
  switch (event.type) {
    case 'stage-progress':
      stage.progress = event;
      if (event.figures !== undefined) stage.figures = { ...stage.figures, ...event.figures };
      if (event.secondsLeft !== undefined) stage.secondsLeft = event.secondsLeft;
      return;
    case 'epoch-ended':
      delete stage.progress;
      stage.epoch = event.epoch;
      stage.epochs = event.epochs;
      stage.figures = event.figures;
      stage.secondsLeft = event.secondsLeft;
      return;
    case 'stage-note':
      stage.note = event.message;
      return;
  }
}

/** Empty where the run was cancelled. */
export function skipReason(event: Extract<PipelineEvent, { type: 'stage-skipped' }>): string {
  return event.blockedBy === undefined ? (event.because ?? '') : `${event.blockedBy} failed`;
}

function stageOf(view: RunView, id: StageId): StageView {
  let stage = view.stages.get(id);
  if (stage === undefined) view.stages.set(id, (stage = { id, type: '', state: 'pending' }));
  return stage;
}
