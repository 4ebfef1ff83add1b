import { describe, expect, test } from '@jest/globals';
import type { StageId } from '../../../src/core/ids.ts';
import { renderRunComparison, runComparisonCsv } from '../../../src/report/run-comparison/comparison-tables.ts';
import type { RunComparison } from '../../../src/report/run-comparison/run-comparison.ts';
import { makeStyle } from '../../../src/report/style.ts';

const stage = (name: string): StageId => name as StageId;
const value = (mean: number) => ({ mean, deviation: 0, count: 1 });

const comparison: RunComparison = {
  runs: ['20261125-101010-aaaaa', '20261125-111111-bbbbb'].map((id) => {
    return { id, pipeline: 'main', status: 'succeeded', started: 'then', seconds: 60 };
  }),
  params: [
    { name: 'seed', of: [{ value: 1 }, { value: 1 }], differs: false },
    { name: 'temperature', of: [{ value: 4 }, {}], differs: true },
  ],
  definition: [[], [{ change: 'removed', line: 12, text: 'temperature: 4' }]],
  circumstances: [{ name: 'backend', of: [{ value: 'wasm' }, { value: 'native' }], differs: true }],
  stages: [
    { stage: stage('load'), differs: false, of: [null, null] },
    {
      ...{ stage: stage('train'), differs: true },
      of: [
        { type: 't', status: 'ran', seconds: 3 },
        {
          ...{ type: 't', status: 'reused', seconds: 4 },
          changes: [{ component: 'options', pointer: '/with/temperature', before: 4, after: 8 }],
        },
      ],
    },
    { stage: stage('gone'), differs: true, of: [{ type: 't', status: 'ran' }, null] },
  ],
  metrics: [
    {
      ...{ stage: stage('evaluate'), model: 'student', axes: { temperature: 4 }, path: 'test.accuracy', differs: true },
      of: [
        { mean: 0.5, deviation: 0.1, count: 3, half: 0.02 },
        { mean: 0.625, deviation: 0.1, count: 3, half: 0.03, change: { value: 0.125, half: 0.01 } },
      ],
    },
    {
      ...{ stage: stage('evaluate'), model: 'student', axes: {}, path: 'klToTeacher', differs: true },
      of: [value(0.25), { ...value(0.125), change: { value: -0.125 } }],
    },
  ],
};

describe('runs side by side', () => {
  test('what differed, first; then what came of it', async () => {
    const text = await renderRunComparison(comparison, { style: makeStyle(false), width: Infinity, all: false });
    expect(text.split('\n')).toEqual([
      '   run                    pipeline  status     time',
      'A  20261125-101010-aaaaa  main      succeeded  1 min',
      'B  20261125-111111-bbbbb  main      succeeded  1 min',
      '',
      'parameters   A  B',
      'temperature  4',
      '',
      'circumstances  A     B',
      'backend        wasm  native',
      '',
      'definition, from A to B',
      '-   12  temperature: 4',
      '',
      'other results  A          B             what differs in its key',
      'train          ran 3.0 s  reused 4.0 s  temperature: 4 -> 8',
      'only in A: gone',
      'the same results: 1 stage',
      '',
      'what                            number                     A              B          B - A',
      'evaluate.student@temperature=4  test.accuracy  50.00% ± 2.00  62.50% ± 3.00  +12.50 ± 1.00',
      'means of replicates; ± is half of the 95% interval of the mean, of differences where they can be paired',
      '1 other number differs: --all',
      '',
    ]);
  });

  test('every number, and in the width of a terminal, with ids whole', async () => {
    const all = await renderRunComparison(comparison, { style: makeStyle(false), width: 80, all: true });
    expect(all).toContain('klToTeacher');
    for (const line of all.split('\n').filter((each) => !each.startsWith('means'))) {
      expect(line.length).toBeLessThanOrEqual(80);
    }
    const narrow = await renderRunComparison(comparison, { style: makeStyle(false), width: 40, all: true });
    expect(narrow).toContain('20261125-111111-bbbbb');
  });

  test('as CSV', () => {
    expect(runComparisonCsv(comparison)).toBe(
      [
        'kind,name,20261125-101010-aaaaa,20261125-111111-bbbbb',
        'parameter,seed,1,1',
        'parameter,temperature,4,',
        'circumstance,backend,wasm,native',
        'number,evaluate.student@temperature=4.test.accuracy,0.5,0.625',
        'number,evaluate.student.klToTeacher,0.25,0.125',
        '',
      ].join('\n'),
    );
  });
});
