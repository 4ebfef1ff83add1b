import { expect, test } from '@jest/globals';
import type { StageRecord } from '../../../src/core/stage-record.ts';
import type { RunRecord, StageRun } from '../../../src/records/run-record.ts';
import { learningCurves, trainedRoles } from '../../../src/report/page-data/curves.ts';
import { stageGraph } from '../../../src/report/page-data/graph.ts';
import { frontierOf, modelRows } from '../../../src/report/page-data/models.ts';

test('variants are one node, whose status is the one that most needs looking at', () => {
  const stages = [
    stage({ id: 'load', status: 'reused', secondsSaved: 2 }),
    stage({ id: 'train@t=1', needs: ['load'], status: 'ran', seconds: 3, of: ['train', { t: 1 }] }),
    stage({ id: 'train@t=2', needs: ['load'], status: 'failed', seconds: 1, of: ['train', { t: 2 }] }),
    stage({ id: 'evaluate', needs: ['train@t=1', 'train@t=2', 'load'], status: 'skipped' }),
  ];
  expect(stageGraph({ stages })).toMatchObject([
    { id: 'load', layer: 0, needs: [], status: 'reused', secondsSaved: 2, axes: [] },
    {
      id: 'train',
      layer: 1,
      needs: ['load'],
      status: 'failed',
      counts: { ran: 1, failed: 1 },
      seconds: 4,
      axes: ['t'],
    },
    { id: 'evaluate', layer: 2, needs: ['train', 'load'], status: 'skipped' },
  ]);
});

test('a training that was reused has the epochs of when it ran, and a model the role by which it is evaluated', () => {
  const stages = [
    stage({ id: 'big', type: 'train-student', status: 'reused', made: ['model', 'aa'] }),
    stage({
      id: 'small',
      type: 'train-student',
      status: 'ran',
      made: ['model', 'bb'],
      epochs: [{ epoch: 1, loss: 2 }],
    }),
    stage({ id: 'alone', type: 'train-student', status: 'ran', made: ['model', 'cc'] }),
    stage({ id: 'longer', type: 'train-student', status: 'ran', made: ['model', 'ee'] }),
    stage({ id: 'measure', type: 'evaluate', needs: ['big', 'small'], status: 'ran', made: ['evaluation', 'dd'] }),
  ];
  const kept: Readonly<Record<string, Partial<StageRecord>>> = {
    big: { epochs: [{ loss: 3 }, { loss: 1 }] },
    measure: {
      preimage: { inputs: { longer: 'ee', teacher: 'aa', student: 'bb' } } as unknown as StageRecord['preimage'],
    },
  };
  const resultOf = ({ id }: StageRun): StageRecord | undefined => kept[id] as StageRecord | undefined;
  expect([...trainedRoles(stages, resultOf)].slice(0, 4)).toEqual([
    ['big', 'teacher'],
    ['small', 'student'],
    ['alone', 'baseline'],
    ['longer', 'other'],
  ]);
  expect(learningCurves({ stages }, resultOf)).toEqual([
    {
      stage: 'big',
      role: 'teacher',
      axes: {},
      epochs: [
        { epoch: 1, loss: 3 },
        { epoch: 2, loss: 1 },
      ],
    },
    { stage: 'small', role: 'student', axes: {}, epochs: [{ epoch: 1, loss: 2 }] },
  ]);
});

test('replicates are a row with an interval, and the frontier is what none beats in both', () => {
  const figures = (bytes: number, accuracy: number) => ({ bytes, validation: { accuracy } });
  const evaluation = (replicate: number, student: number) =>
    stage({
      ...{ id: `evaluate@replicate=${replicate}`, type: 'evaluate', status: 'ran', made: ['evaluation', 'aa'] },
      of: ['evaluate', { replicate }],
      metrics: {
        teacher: figures(100, 0.9),
        'student@width=16': figures(20, student - 0.2),
        'student@width=4': figures(10, student),
      },
    });
  const rows = modelRows({ stages: [evaluation(0, 0.7), evaluation(1, 0.8)] }, ({ deviation }) => 2 * deviation);
  expect(rows.map(({ model, role, axes }) => [model, role, axes])).toEqual([
    ['teacher', 'teacher', {}],
    ['student', 'student', { width: 4 }],
    ['student', 'student', { width: 16 }],
  ]);
  expect(rows[1]?.figures['validation.accuracy']).toMatchObject({ mean: 0.75, count: 2 });
  expect(rows[1]?.figures['validation.accuracy']?.half).toBeCloseTo(2 * Math.SQRT1_2 * 0.1, 9);
  expect(frontierOf(rows)).toEqual([true, true, false]);
});

interface Written {
  readonly id: string;
  readonly type?: string;
  readonly needs?: readonly string[];
  readonly status: StageRun['status'];
  readonly seconds?: number;
  readonly secondsSaved?: number;
  readonly of?: readonly [id: string, axes: Readonly<Record<string, number>>];
  readonly made?: readonly [kind: string, digest: string];
  readonly epochs?: StageRun['epochs'];
  readonly metrics?: StageRun['metrics'];
}

function stage({ of, made, ...written }: Written): RunRecord['stages'][number] {
  return {
    type: written.id,
    needs: [],
    ...written,
    ...(of === undefined ? {} : { variant: { of: of[0], axes: of[1] } }),
    ...(made === undefined ? {} : { artifact: { kind: made[0], digest: made[1], files: [] } }),
  } as unknown as StageRun;
}
