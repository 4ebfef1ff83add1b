import type { EventProblem, PipelineEvent } from '../core/event.ts';
import type { StageProgress } from '../core/stage-runner.ts';
import { counted, formatCount, formatFigures, formatFigure, formatSeconds, oneLine } from './format.ts';
import { auditLine, auditedText } from './audit-text.ts';
import { skipReason } from './run-view.ts';
import type { EventSink, Output } from './sink.ts';

/** Progress that is not an epoch (a download) is told this often, in milliseconds. */
const progressEvery = 10_000;

/** The log of a run for CI and pipes: a line for everything that a reader of tomorrow would want, no control characters. */
export function plainLinesSink(output: Output): EventSink {
  const toldAt = new Map<string, number>();
  return {
    emit(event) {
      if (event.type === 'stage-progress' && !isDue(event, toldAt)) return;
      if (event.type === 'holder-progress' && event.progress.type === 'stage-progress') {
        if (!isDue({ ...event.progress, stage: event.stage, time: event.time }, toldAt)) return;
      }
      for (const line of plainLines(event)) output.write(`${oneLine(line)}\n`);
    },
    close: () => Promise.resolve(),
  };
}

function plainLines(event: PipelineEvent): readonly string[] {
  switch (event.type) {
    case 'run-started':
      return [
        `run ${event.run}: ${event.pipeline}, ${counted(event.stages.length, 'stage')}, ${event.backend}, ${event.jobs} at once`,
      ];
    case 'stage-started':
      return [
        event.attempt === undefined
          ? `${event.stage}: started (${event.because})`
          : `${event.stage}: started again, attempt ${event.attempt}`,
      ];
    case 'stage-waiting':
      return [`${event.stage}: waiting for ${event.holder}, which is computing the same`];
    case 'holder-progress':
      return progressLines(`${event.stage}: waiting for run ${event.run}`, event.progress);
    case 'stage-reused':
      return [
        `${event.stage}: reused${event.from === undefined ? '' : ` from ${event.from}`}, saved ${formatSeconds(event.secondsSaved)}`,
      ];
    case 'stage-finished':
      return [`${event.stage}: done in ${formatSeconds(event.seconds)}`];
    case 'stage-failed':
      return failureLines(`${event.stage}: failed`, event.problem);
    case 'stage-retrying':
      return [
        ...failureLines(`${event.stage}: attempt ${event.attempt} of ${event.of} failed`, event.problem),
        `${event.stage}: tried again in ${formatSeconds(event.delay)}`,
      ];
    case 'stage-skipped':
      return [[`${event.stage}: not run`, skipReason(event)].filter((part) => part !== '').join(', because ')];
    case 'audit-started':
      return [auditLine(event)];
    case 'stage-audited':
      return auditedLines(event);
    case 'epoch-ended':
    case 'stage-progress':
    case 'stage-note':
      return progressLines(event.stage, event);
    case 'stage-output':
      return event.text
        .split(/\r?\n/)
        .filter((line) => line.trim() !== '')
        .map((line) => `${event.stage} | ${line}`);
    case 'warning':
      return [`warning: ${event.stage === undefined ? '' : `${event.stage}: `}${event.message}`];
    case 'gate-checked':
      return [
        `gate ${event.metric} ${event.bound}: ${event.value === null ? 'no value' : formatFigure(event.metric, event.value)}, ${event.passed ? 'passed' : 'missed'}`,
      ];
    case 'run-finished':
      return [
        `run ${event.status === 'gate-missed' ? 'missed a gate' : event.status} in ${formatSeconds(event.seconds)}`,
      ];
  }
}

/** @param whose what the line is about */
function progressLines(whose: string, event: StageProgress): readonly string[] {
  switch (event.type) {
    case 'epoch-ended':
      return [
        [
          `${whose}: epoch ${event.epoch}/${event.epochs}`,
          formatFigures(event.figures),
          `${formatCount(event.samplesPerSecond)} samples/s`,
          event.epoch < event.epochs ? `${formatSeconds(event.secondsLeft)} left` : '',
        ]
          .filter((part) => part !== '')
          .join(', '),
      ];
    case 'stage-progress':
      return [
        `${whose}: ${event.label ?? event.unit} ${formatCount(event.done)} of ${formatCount(event.total)} ${event.unit}`,
      ];
    case 'stage-note':
      return [`${whose}: ${event.message}`];
  }
}

function auditedLines(event: Extract<PipelineEvent, { type: 'stage-audited' }>): string[] {
  const what = `${event.stage}: audited in ${formatSeconds(event.seconds)}`;
  return 'problem' in event ? failureLines(`${what}, failed`, event.problem) : [`${what}: ${auditedText(event)}`];
}

function failureLines(what: string, problem: EventProblem): string[] {
  const where = problem.where === undefined ? '' : `${problem.where}: `;
  const lines = problem.message
    .split('\n')
    .map((line, index) => (index === 0 ? `${what}: ${where}${line}` : `  ${line}`));
  if (problem.hint !== undefined) lines.push(`  ${problem.hint}`);
  return lines;
}

/** Epochs tell themselves when they end; of the rest, the first word and then now and then. */
function isDue(event: Extract<PipelineEvent, { type: 'stage-progress' }>, toldAt: Map<string, number>): boolean {
  if (event.label?.startsWith('epoch') === true) return false;
  const what = `${event.stage} ${event.label ?? ''}`;
  const last = toldAt.get(what);
  if (last !== undefined && event.time - last < progressEvery) return false;
  toldAt.set(what, event.time);
  return true;
}
