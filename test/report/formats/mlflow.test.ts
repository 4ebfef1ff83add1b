import { expect, test } from '@jest/globals';
import type { StageId } from '../../../src/core/ids.ts';
import type { PipelineEvent } from '../../../src/core/event.ts';
import { exportedRun, type ExportedRun } from '../../../src/report/formats/exported-run.ts';
import { logBatches, mlflowRuns } from '../../../src/report/formats/mlflow.ts';
import { epoch, failingRun, finished, goodRun, recorded, started } from '../recorded-run.ts';
import { recordOf } from './recorded-runs.ts';

const exported = (events: readonly PipelineEvent[]): ExportedRun =>
  exportedRun({ record: recordOf(events), events, resultOf: () => undefined, eventsOf: () => [] });

test('a run has its parameters flat, its metrics by stage, its epochs as steps, and what it was made from as tags', () => {
  const [run, ...children] = mlflowRuns(exported(goodRun));
  expect(children).toEqual([]);
  expect(run).toMatchObject({ name: 'mnist-distill 20261124-142233-k3f9', status: 'FAILED' });
  expect(run.params).toEqual([
    { key: 'temperature', value: '4' },
    { key: 'model.width', value: '16' },
    { key: 'widths', value: '[1,2]' },
  ]);
  expect(run.metrics).toContainEqual({
    ...{ key: 'train-student/epoch/validationAccuracy', value: 0.9, timestamp: goodRun[3]?.time, step: 1 },
  });
  expect(run.metrics.find(({ key }) => key === 'evaluate/metrics/student.test.accuracy')).toMatchObject({
    ...{ value: 0.9511, step: 0 },
  });
  expect(run.tags).toContainEqual({ key: 'mlflow.source.git.commit', value: '0123456789abcdef' });
  expect(run.tags).toContainEqual({ key: 'gate.evaluate.student.validation.loss', value: '<= 0.1 missed' });
  expect(mlflowRuns(exported(failingRun))[0].status).toBe('FAILED');
});

test('each combination of axes is a run below it, with the axes as parameters; keys have only what MLflow takes', () => {
  const axes = { temperature: 8, größe: 'a' };
  const id = 'train@temperature=8,größe=a';
  const first = started([id]) as Extract<PipelineEvent, { type: 'run-started' }>;
  const events = recorded([
    { ...first, stages: first.stages.map((stage) => ({ ...stage, variant: { of: 'train' as StageId, axes } })) },
    epoch(id, 1, 1),
    finished(id, 'model', { 'loss (nats)': 0.5 }),
    { type: 'run-finished', status: 'succeeded', seconds: 1 },
  ]);
  const [parent, child, ...others] = mlflowRuns(exported(events));
  expect(others).toEqual([]);
  expect(parent.metrics).toEqual([]);
  expect(child).toMatchObject({ name: 'temperature=8,größe=a', status: 'FINISHED' });
  expect(child?.params).toEqual([
    { key: 'temperature', value: '8' },
    { key: 'model.width', value: '16' },
    { key: 'widths', value: '[1,2]' },
    { key: 'gr__e', value: 'a' },
  ]);
  expect(child?.metrics.map(({ key }) => key)).toContain('train/metrics/loss _nats_');
});

test('batches are no larger than MLflow takes them', () => {
  const keys = (count: number) => Array.from({ length: count }, (_, index) => ({ key: String(index), value: '' }));
  const metrics = Array.from({ length: 2001 }, (_, step) => ({ key: 'loss', value: 1, timestamp: 0, step }));
  const batches = logBatches({ params: keys(150), tags: keys(1), metrics });
  const sizes = batches.map((batch) => Object.entries(batch).map(([name, list]) => [name, (list as unknown[]).length]));
  expect(sizes.flat()).toEqual([
    ['params', 100],
    ['params', 50],
    ['tags', 1],
    ['metrics', 1000],
    ['metrics', 1000],
    ['metrics', 1],
  ]);
  expect(batches.flatMap(({ metrics: list = [] }) => list)).toEqual(metrics);
});
