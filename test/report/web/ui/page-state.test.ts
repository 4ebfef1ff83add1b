import { describe, expect, test } from '@jest/globals';
import type { PipelineEvent } from '../../../../src/core/event.ts';
import type { RunId, StageId, StageKey } from '../../../../src/core/ids.ts';
import type { RunRecord, RunSummary } from '../../../../src/records/run-record.ts';
import { NO_STAGES } from '../../../../src/records/run-state.ts';
import { addressOf, linkTo } from '../../../../src/report/web/ui/address.ts';
import { followRun } from '../../../../src/report/web/ui/run/live-run.ts';
import { runBoxes } from '../../../../src/report/web/ui/run/stage-boxes.ts';
import { chooseRuns } from '../../../../src/report/web/ui/runs/choose-runs.ts';
import { changed } from '../../../../src/report/web/ui/runs/changed-runs.ts';

const id = (name: string) => name as StageId;

describe('addresses', () => {
  test('what a link says is read back, whatever a run, a stage or a file is called', () => {
    const link = linkTo(['runs', 'a/b c'], { stage: 'train@temperature=4,width=128', set: ['a=1', 'b=?&#'], none: '' });
    const { path, query } = addressOf(link);
    expect(path).toEqual(['runs', 'a/b c']);
    expect(query.get('stage')).toBe('train@temperature=4,width=128');
    expect(query.getAll('set')).toEqual(['a=1', 'b=?&#']);
    expect(query.has('none')).toBe(false);
  });

  test('an empty fragment and a broken one lead somewhere', () => {
    expect(addressOf('').path).toEqual([]);
    expect(addressOf('#/runs/%E0%A4%A').path).toEqual(['runs', '%E0%A4%A']);
  });
});

describe('the list of runs', () => {
  const run = (name: string, more: Partial<RunSummary> = {}): RunSummary => ({
    ...{ id: name as RunId, status: 'succeeded', pipeline: 'p', file: 'p.yaml', started: '', counts: NO_STAGES },
    ...more,
  });
  const all = [run('3', { seconds: 2, pipeline: 'b' }), run('2', { status: 'running' }), run('1', { seconds: 9 })];
  const any = { text: '', pipeline: '', status: '', order: '' } as const;
  const ids = (runs: readonly RunSummary[]) => runs.map((each) => each.id);

  test('narrows and sorts; what has not ended yet is the longest', () => {
    expect(ids(chooseRuns(all, any))).toEqual(['3', '2', '1']);
    expect(ids(chooseRuns(all, { ...any, status: 'running' }))).toEqual(['2']);
    expect(ids(chooseRuns(all, { ...any, text: 'P.YAML', pipeline: 'b' }))).toEqual(['3']);
    expect(ids(chooseRuns(all, { ...any, order: 'started' }))).toEqual(['1', '2', '3']);
    expect(ids(chooseRuns(all, { ...any, order: 'time' }))).toEqual(['3', '1', '2']);
    expect(ids(chooseRuns(all, { ...any, order: '-time' }))).toEqual(['2', '1', '3']);
  });

  test('takes in what is new, what came on and what is gone', () => {
    const after = changed(all, { runs: [run('4'), run('2', { seconds: 5 })], gone: ['1' as RunId] });
    expect(after.map((each) => [each.id, each.status, each.seconds])).toEqual([
      ['4', 'succeeded', undefined],
      ['3', 'succeeded', 2],
      ['2', 'succeeded', 5],
    ]);
  });
});

describe('a run under way', () => {
  const variant = (temperature: number) => ({ of: id('student'), axes: { temperature } });
  const record = {
    ...{ format: 1, id: 'r' as RunId, status: 'running', started: '2026-01-01T00:00:00.000Z', gates: [], warnings: [] },
    definition: { name: 'p', file: 'p.yaml', text: '', params: {}, overrides: [], backend: 'wasm' },
    stages: [
      { id: id('data'), type: 'load-data', needs: [], status: 'ran' },
      ...[1, 2, 4].map((t) => ({
        ...{ id: id(`student@temperature=${t}`), type: 'train-student', needs: [id('data')], status: 'pending' },
        variant: variant(t),
      })),
      { id: id('evaluate'), type: 'evaluate', needs: [1, 2, 4].map((t) => id(`student@temperature=${t}`)) },
    ].map((stage) => ({ status: 'pending', ...stage })),
  } as unknown as RunRecord;
  const key = 'k' as StageKey;
  const artifact = { kind: 'model', digest: 'd', files: [] } as never;
  const first = id('student@temperature=1');
  const events: readonly PipelineEvent[] = [
    { time: 0, type: 'stage-finished', stage: id('data'), key, artifact, metrics: {}, seconds: 2 },
    { time: 1, type: 'stage-started', stage: first, key, because: 'new' },
    {
      ...{ time: 2, type: 'epoch-ended', stage: first, epoch: 1, epochs: 4, figures: { loss: 1 } },
      ...{ samplesPerSecond: 1, seconds: 1, secondsLeft: 30 },
    },
    {
      ...{ time: 3, type: 'stage-progress', stage: first, done: 50, total: 100, unit: 'samples', label: 'epoch 2/4' },
      figures: { accuracy: 0.5 },
    },
  ];

  test('is told by its events alone: statuses, epochs, how far a training is', () => {
    const follower = followRun(record);
    expect(follower.now().record.stages.map(({ status }) => status)).toEqual(Array(5).fill('pending'));
    follower.apply(events);
    const live = follower.now();
    expect(live.record.stages.map(({ status }) => status)).toEqual(['ran', 'running', 'pending', 'pending', 'pending']);
    expect(live.record.stages[1]?.epochs).toEqual([{ epoch: 1, loss: 1 }]);
    const box = runBoxes(live, true)[1];
    expect(box).toMatchObject({ tone: 'busy', done: (1 + 0.5) / 4, more: 'epoch 2/4 50% · 50.00% · 30 s left' });
  });

  test('variants are one box, which needs what they need, and is as far as all of them are', () => {
    const follower = followRun(record);
    follower.apply(events);
    const boxes = runBoxes(follower.now(), false);
    expect(boxes.map((box) => [box.id, box.needs, box.count])).toEqual([
      ['data', [], undefined],
      ['student', ['data'], 3],
      ['evaluate', ['student'], undefined],
    ]);
    expect(boxes[1]).toMatchObject({ more: '1 running, 2 pending', done: 1.5 / 4 / 3 });
  });
});
