import { describe, expect, test } from '@jest/globals';
import type { ExplainedPlan, ExplainedStage, KeyChange } from '../../src/core/explained-plan.ts';
import type { StageId } from '../../src/core/ids.ts';
import { expectedCost } from '../../src/engine/expected-cost.ts';
import { renderPlan } from '../../src/report/plan-table.ts';
import { makeStyle } from '../../src/report/style.ts';

const style = makeStyle(false);
const stage = (name: string, rest: Partial<ExplainedStage> & Pick<ExplainedStage, 'status'>): ExplainedStage => ({
  stage: name as StageId,
  type: name,
  needs: [],
  ...rest,
});

const planOf = (stages: readonly ExplainedStage[], saved = { seconds: 0, bytes: 0 }): ExplainedPlan => ({
  stages,
  expected: expectedCost(stages, 2),
  saved,
});

const temperature: KeyChange = {
  component: 'options',
  pointer: '/with/distillation/temperature',
  before: 4,
  after: 8,
  where: 'pipelines/x.yaml:31:22',
};

describe('the plan', () => {
  test('tells what runs, and why, with its place in the YAML', async () => {
    const plan = [
      stage('load-data', { status: 'hit', seconds: 3.2 }),
      stage('train-student', { status: 'miss', reason: 'changed', changes: [temperature] }),
      stage('train-baseline', { status: 'miss', reason: 'never ran' }),
      stage('evaluate', { status: 'unknown', waitsFor: ['train-student', 'train-baseline'] as StageId[] }),
      stage('read-own', {
        status: 'blocked',
        problem: { code: 'input-missing', message: 'there is no file digits.gz' },
      }),
    ];
    expect(
      (await renderPlan(planOf(plan, { seconds: 3.2, bytes: 2048 }), { style, width: Infinity })).split('\n'),
    ).toEqual([
      'stage           plan     why',
      'load-data       reuse    saves 3.2 s',
      'train-student   run      distillation.temperature: 4 -> 8 (pipelines/x.yaml:31:22)',
      'train-baseline  run      never ran',
      'evaluate        run?     known after train-student, train-baseline',
      'read-own        blocked  there is no file digits.gz',
      '',
      '2 stages to run, 1 known later, 1 blocked, 1 reused',
      'reused: 3.2 s of work, 2.0 KiB',
      '',
    ]);
  });

  test.each<[KeyChange, string]>([
    [{ component: 'inputs', pointer: '/needs/data', before: 'aa', after: 'bb' }, 'input data changed'],
    [{ component: 'inputs', pointer: '/needs/data', after: 'bb' }, 'input data added'],
    [{ component: 'files', pointer: '/files/images', before: 'aa', after: 'bb' }, 'file images changed'],
    [{ component: 'code', pointer: '/code', before: 'aa', after: 'bb' }, 'code of the stage type changed'],
    [{ component: 'seed', pointer: '/seed', before: 1, after: 2 }, 'seed: 1 -> 2'],
    [
      { component: 'environment', pointer: '/environment/backend', before: 'wasm', after: 'native' },
      'backend: "wasm" -> "native"',
    ],
    [{ component: 'type', pointer: '/type/version', before: 1, after: 2 }, "stage type's version: 1 -> 2"],
    [{ component: 'options', pointer: '/with/model/3', after: { dropout: 0.5 } }, 'model.3 added: {"dropout":0.5}'],
    [{ component: 'options', pointer: '/with/a~1b', before: null }, 'a/b removed: null'],
  ])('tells of a change %j', async (change, told) => {
    const text = await renderPlan(planOf([stage('s', { status: 'miss', changes: [change] })]), {
      style,
      width: Infinity,
    });
    expect(text.split('\n')[1]).toBe(`s      run   ${told}`);
  });

  test('of many variants is a line for those to which the same happens', async () => {
    const variants = Array.from({ length: 50 }, (_, seed) => ({
      ...stage(
        `train@seed=${seed}`,
        seed === 0 ? { status: 'hit' } : { status: 'miss', reason: 'never ran', seconds: 2 },
      ),
      variant: { of: 'train' as StageId, axes: { seed } },
    }));
    const waitsFor = variants.slice(1).map((each) => each.stage);
    const plan = [...variants, stage('compare', { status: 'unknown', waitsFor })];
    const text = await renderPlan(planOf(plan), { style, width: Infinity });
    expect(text.split('\n').slice(0, 3)).toEqual([
      'stage       plan  time              why',
      'train (49)  run   about 1 min 38 s  never ran',
      'compare     run?                    known after train',
    ]);
  });

  test('tells about how long it takes, side by side too, and of what nothing is known', async () => {
    const plan = [
      stage('a', { status: 'miss', reason: 'forced', seconds: 40, bytes: 2 ** 20 }),
      stage('b', { status: 'miss', reason: 'forced', seconds: 30, bytes: 2 ** 20 }),
      stage('c', { status: 'miss', reason: 'never ran' }),
      stage('d', {
        status: 'unknown',
        needs: ['a'] as StageId[],
        waitsFor: ['a'] as StageId[],
        seconds: 2.5,
        bytes: 0,
      }),
    ];
    expect((await renderPlan(planOf(plan), { style, width: Infinity })).split('\n')).toEqual([
      'stage  plan  time         why',
      'a      run   about 40 s   forced',
      'b      run   about 30 s   forced',
      'c      run                never ran',
      'd      run?  about 2.5 s  known after a',
      '',
      '3 stages to run, 1 known later, 0 reused',
      'about 1 min 13 s of work (43 s with 2 at once), 2.0 MiB to store, and 1 stage of which nothing is known',
      '',
    ]);
  });

  test('tells three changes, and how many more', async () => {
    const changes = Array.from({ length: 5 }, (_, index) => ({ ...temperature, pointer: `/with/o${index}` }));
    const text = await renderPlan(planOf([stage('s', { status: 'miss', changes })]), { style, width: Infinity });
    expect(text.split('\n').slice(1, 5)).toEqual([
      's      run   o0: 4 -> 8 (pipelines/x.yaml:31:22)',
      '             o1: 4 -> 8 (pipelines/x.yaml:31:22)',
      '             o2: 4 -> 8 (pipelines/x.yaml:31:22)',
      '             and 2 more differences',
    ]);
  });

  test('wraps to the width', async () => {
    const text = await renderPlan(planOf([stage('train-student', { status: 'miss', changes: [temperature] })]), {
      style,
      width: 50,
    });
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(50);
    expect(text.replace(/\s+/g, ' ')).toContain('4 -> 8 (pipelines/x.yaml:31:22)');
  });
});
