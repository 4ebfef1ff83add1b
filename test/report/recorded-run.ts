import type { EventBody, PipelineEvent } from '../../src/core/event.ts';
import type { ArtifactRef } from '../../src/core/artifact.ts';
import type { StageProgress } from '../../src/core/stage-runner.ts';
import type { RunId, StageId, StageKey } from '../../src/core/ids.ts';

const key = 'k'.repeat(64) as StageKey;
const id = (name: string): StageId => name as StageId;

/** An event stream as a run tells it, a second from each to the next. */
export function recorded(bodies: readonly EventBody[]): PipelineEvent[] {
  return bodies.map((body, index) => ({ time: 1_800_000_000_000 + 1000 * index, ...body }));
}

function artifact(kind: string): ArtifactRef {
  return { kind, digest: 'd'.repeat(64) as ArtifactRef['digest'], files: [] };
}

export function started(names: readonly string[], jobs = 2): EventBody {
  return {
    type: 'run-started',
    run: '20261124-142233-k3f9' as RunId,
    pipeline: 'mnist-distill',
    stages: names.map((name) => ({ id: id(name), type: name, needs: [] })),
    jobs,
    backend: 'wasm',
  };
}

export function epoch(stage: string, number: number, epochs: number): EventBody {
  return {
    type: 'epoch-ended',
    stage: id(stage),
    epoch: number,
    epochs,
    figures: { loss: 0.5 / number, accuracy: 0.8 + number / 20, validationAccuracy: 0.9 },
    samplesPerSecond: 3512.4,
    seconds: 2,
    secondsLeft: 2 * (epochs - number),
  };
}

export function progress(
  stage: string,
  done: number,
  more: Partial<Extract<EventBody, { type: 'stage-progress' }>> = {},
): EventBody {
  return {
    type: 'stage-progress',
    stage: id(stage),
    done,
    total: 7000,
    unit: 'samples',
    label: 'epoch 2/3',
    figures: { loss: 0.3, accuracy: 0.88 },
    perSecond: 3500,
    secondsLeft: 3,
    ...more,
  };
}

export const reused = (stage: string, secondsSaved = 3.2): EventBody => ({
  type: 'stage-reused',
  stage: id(stage),
  key,
  artifact: artifact('dataset'),
  metrics: {},
  secondsSaved,
});

export const stageStarted = (stage: string, because = 'never ran'): EventBody => ({
  type: 'stage-started',
  stage: id(stage),
  key,
  because,
});

export function finished(
  stage: string,
  kind: string,
  metrics: Record<string, number | object>,
  seconds = 6.04,
): EventBody {
  return {
    type: 'stage-finished',
    stage: id(stage),
    key,
    artifact: artifact(kind),
    metrics: metrics as never,
    seconds,
  };
}

/** Two stages at once, one of which fails, so that a third is blocked. */
export const failingRun = recorded([
  started(['load-data', 'train-teacher', 'train-baseline', 'evaluate']),
  reused('load-data'),
  stageStarted('train-teacher', 'options changed'),
  stageStarted('train-baseline'),
  epoch('train-teacher', 1, 2),
  progress('train-baseline', 3500),
  {
    type: 'stage-output',
    stage: id('train-baseline'),
    stream: 'stderr',
    text: 'a \u001b[31mred\u001b[0m word\u0007\nand a line\n',
  },
  {
    type: 'stage-failed',
    stage: id('train-baseline'),
    problem: {
      code: 'not-a-number',
      message: 'the loss became NaN in epoch 2',
      hint: 'lower the learning rate',
      where: 'pipelines/mnist-distill.yaml:31:7',
    },
    seconds: 1.25,
  },
  { type: 'stage-skipped', stage: id('evaluate'), blockedBy: id('train-baseline') },
  epoch('train-teacher', 2, 2),
  finished('train-teacher', 'model', { epochs: 2, loss: 0.25, validationAccuracy: 0.9735 }),
  { type: 'run-finished', status: 'failed', seconds: 8.4 },
]);

/** A stage that fails once, and then does what it should. */
export const retriedRun = recorded([
  started(['load-data']),
  stageStarted('load-data'),
  {
    type: 'stage-retrying',
    stage: id('load-data'),
    attempt: 1,
    of: 3,
    delay: 10,
    problem: { code: 'download-failed', message: 'the server is away', hint: 'wait', where: 'p.yaml:3:3' },
    seconds: 1.5,
  },
  { ...stageStarted('load-data'), attempt: 2 } as EventBody,
  finished('load-data', 'dataset', {}),
  { type: 'run-finished', status: 'succeeded', seconds: 20 },
]);

/** Another run computes the same, and gets on. */
export const waitingRun = recorded([
  started(['train-teacher']),
  { type: 'stage-waiting', stage: id('train-teacher'), key, holder: 'run r1 (process 1 on h)' },
  { type: 'holder-progress', stage: id('train-teacher'), run: 'r1' as RunId, progress: told(epoch('x', 1, 3)) },
  { type: 'holder-progress', stage: id('train-teacher'), run: 'r1' as RunId, progress: told(progress('x', 3500)) },
  reused('train-teacher'),
  { type: 'run-finished', status: 'succeeded', seconds: 20 },
]);

function told(event: EventBody): StageProgress {
  const { stage: _, ...rest } = event as Extract<EventBody, { stage: StageId }>;
  return rest as StageProgress;
}

/** Two reused results, made again: one comes out otherwise, as it may, and one otherwise though it must not. */
export const auditedRun = recorded([
  started(['load-data', 'train-teacher']),
  reused('load-data'),
  reused('train-teacher'),
  { type: 'audit-started', stages: [id('load-data'), id('train-teacher')], of: 2 },
  {
    type: 'stage-audited',
    stage: id('load-data'),
    key,
    seconds: 3,
    verdict: 'other',
    recorded: 'd'.repeat(64) as ArtifactRef['digest'],
    made: 'e'.repeat(64) as ArtifactRef['digest'],
    files: ['a'],
    distances: [{ metric: 'validation.accuracy', recorded: 0.9, made: 0.89 }],
  },
  {
    type: 'stage-audited',
    stage: id('train-teacher'),
    key,
    seconds: 60,
    verdict: 'differs',
    recorded: 'd'.repeat(64) as ArtifactRef['digest'],
    made: 'e'.repeat(64) as ArtifactRef['digest'],
    files: ['weights.bin'],
    problem: { code: 'audit-differs', message: 'other bytes: weights.bin', hint: 'replace it', where: 'p.yaml:3:3' },
  },
  { type: 'run-finished', status: 'failed', seconds: 64 },
]);

const split = (accuracy: number) => ({ accuracy, loss: 0.2, confusion: [[1, 2]] });

export const goodRun = recorded([
  started(['load-data', 'train-student', 'evaluate'], 1),
  reused('load-data'),
  stageStarted('train-student'),
  epoch('train-student', 1, 1),
  finished('train-student', 'model', { loss: 0.5, validationAccuracy: 0.95 }, 75),
  stageStarted('evaluate'),
  finished('evaluate', 'evaluation', {
    baseline: { test: split(0.9) },
    other: { parameters: 3 },
    student: { validation: { agreement: 0.955, ...split(0.951) }, test: split(0.9511) },
    teacher: { validation: split(0.98), test: split(0.975) },
  }),
  { type: 'gate-checked', metric: 'evaluate.student.validation.accuracy', bound: '>= 0.9', value: 0.951, passed: true },
  { type: 'gate-checked', metric: 'evaluate.student.validation.loss', bound: '<= 0.1', value: 0.2, passed: false },
  { type: 'run-finished', status: 'gate-missed', seconds: 82 },
]);
