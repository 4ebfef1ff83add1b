import { sha256 } from '../../src/base/hash.ts';
import type { ArtifactRef } from '../../src/core/artifact.ts';
import type { EventBody, PipelineEvent } from '../../src/core/event.ts';
import type { RunId, StageId, StageKey } from '../../src/core/ids.ts';
import { hostFacts } from '../../src/records/host-facts.ts';
import type { RunStart } from '../../src/records/run-start.ts';

/** 2026-11-24T14:22:33Z */
export const START = Date.UTC(2026, 10, 24, 14, 22, 33);

export const id = (name: string): StageId => name as StageId;
const runId = (name: string): RunId => name as RunId;
const key = (name: string): StageKey => sha256(name) as StageKey;

const artifact: ArtifactRef = {
  kind: 'model',
  digest: sha256('artifact'),
  files: [{ path: 'weights.bin', digest: sha256('weights'), bytes: 1234 }],
};

export function runStart(folder: string, run: string): RunStart {
  return {
    folder,
    run: runId(run),
    started: START,
    definition: {
      name: 'mnist-distill',
      file: 'pipelines/mnist-distill.yaml',
      text: 'version: 1\nname: mnist-distill\n',
      params: { temperature: 8, nested: { list: [1, null] } },
      overrides: ['temperature=8'],
      backend: 'wasm',
      targets: [id('evaluate')],
    },
    versions: { node: process.versions.node, 'distill-pipeline': '0.1.0', tfjs: '4.22.0' },
    host: hostFacts(),
    git: Promise.resolve({ commit: 'a'.repeat(40), dirty: true }),
  };
}

const bodies: readonly EventBody[] = [
  {
    type: 'run-started',
    run: runId('unused'),
    pipeline: 'mnist-distill',
    stages: ['load', 'teacher', 'student', 'broken', 'after', 'late'].map((name) => ({
      id: id(name),
      type: 'train-student',
      needs: name === 'after' ? [id('broken')] : [],
    })),
    jobs: 2,
    backend: 'wasm',
  },
  { type: 'stage-reused', stage: id('load'), key: key('load'), artifact, metrics: { count: 10 }, secondsSaved: 3.5 },
  { type: 'stage-waiting', stage: id('teacher'), key: key('teacher'), holder: 'run x' },
  {
    type: 'holder-progress',
    stage: id('teacher'),
    run: runId('x'),
    progress: { type: 'stage-progress', done: 1, total: 2, unit: 'samples' },
  },
  { type: 'stage-started', stage: id('teacher'), key: key('teacher'), because: 'epochs changed' },
  { type: 'stage-output', stage: id('teacher'), stream: 'stdout', text: 'line 1\n' },
  { type: 'stage-output', stage: id('teacher'), stream: 'stderr', text: 'line 2, ünicode\n' },
  { type: 'stage-progress', stage: id('teacher'), done: 1, total: 10, unit: 'batches' },
  {
    type: 'epoch-ended',
    stage: id('teacher'),
    epoch: 3,
    epochs: 3,
    figures: { loss: 0.5, accuracy: 0.9 },
    samplesPerSecond: 500,
    seconds: 2,
    secondsLeft: 0,
  },
  {
    type: 'stage-finished',
    stage: id('teacher'),
    key: key('teacher'),
    artifact,
    metrics: { a: { b: 0.9 } },
    seconds: 2,
  },
  { type: 'stage-started', stage: id('broken'), key: key('broken'), because: 'new' },
  {
    type: 'stage-retrying',
    stage: id('broken'),
    attempt: 1,
    of: 2,
    delay: 10,
    problem: { code: 'stage-timeout', message: 'too slow', where: 'p.yaml:3:4' },
    seconds: 60,
  },
  { type: 'stage-started', stage: id('broken'), key: key('broken'), because: 'new', attempt: 2 },
  {
    type: 'stage-failed',
    stage: id('broken'),
    problem: { code: 'not-a-number', message: 'the loss is NaN', hint: 'lower the rate', where: 'p.yaml:1:2' },
    seconds: 1,
  },
  { type: 'stage-skipped', stage: id('after'), blockedBy: id('broken') },
  { type: 'stage-started', stage: id('student'), key: key('student'), because: 'new' },
  {
    type: 'stage-failed',
    stage: id('student'),
    problem: { code: 'stage-cancelled', message: 'cancelled' },
    seconds: 1,
  },
  { type: 'stage-skipped', stage: id('late') },
  { type: 'audit-started', stages: [id('load')], of: 1 },
  {
    type: 'stage-audited',
    stage: id('load'),
    key: key('load'),
    seconds: 3,
    verdict: 'other',
    recorded: sha256('artifact'),
    made: sha256('another artifact'),
    files: ['weights.bin'],
    distances: [{ metric: 'accuracy', recorded: 0.9, made: 0.89 }],
  },
  { type: 'warning', stage: id('load'), message: 'old' },
  { type: 'warning', message: 'general' },
  { type: 'gate-checked', metric: 'teacher.a.b', bound: '>= 0.95', value: 0.9, passed: false },
  { type: 'gate-checked', metric: 'student.a.b', bound: '>= 0.95', value: null, passed: false },
  { type: 'run-finished', status: 'failed', seconds: 6.5 },
];

/** One event of each kind at least, a second apart. */
export const events: readonly PipelineEvent[] = bodies.map((body, index) => ({ time: START + index * 1000, ...body }));
