import { describe, expect, test } from '@jest/globals';
import type { RunId } from '../../src/core/ids.ts';
import { NO_STAGES } from '../../src/records/run-state.ts';
import { renderRuns, runsCsv } from '../../src/report/runs-table.ts';
import { makeStyle } from '../../src/report/style.ts';

const plain = { style: makeStyle(false), columns: [], total: 2, isAll: true };
const runs = [
  {
    ...{
      id: '20261125-1' as RunId,
      status: 'succeeded' as const,
      pipeline: 'main',
      file: 'a,"b".yaml',
      started: 'then',
    },
    counts: { ...NO_STAGES, ran: 2 },
    seconds: 1.25,
    name: 'best',
    tags: ['x', 'y'],
    values: { 'params.list': [1, 2], 'evaluate.student.validation.accuracy': 0.12345 },
  },
  {
    ...{ id: '20261124-1' as RunId, status: 'damaged' as const, pipeline: '', file: '', started: '' },
    counts: NO_STAGES,
  },
];
const columns = ['params.list', 'evaluate.student.validation.accuracy'];

describe('runs as a table', () => {
  test('with columns only for what some run has', async () => {
    expect(await renderRuns(runs, { ...plain, width: Infinity, columns })).toBe(
      [
        'run         pipeline  status     time   stages           name  tags  params.list  evaluate.student.validation.accuracy',
        '20261125-1  main      succeeded  1.3 s  2 ran, 0 reused  best  x, y  [1,2]                                      12.35%',
        '20261124-1            damaged           0 ran, 0 reused',
        '',
      ].join('\n'),
    );
  });

  test.each([200, 100, 80])('in %d columns', async (width) => {
    const lines = (await renderRuns(runs, { ...plain, width, columns, total: 9 })).split('\n');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
    expect(lines.at(-2)).toBe('the first 2 of 9; all with -n 9');
  });

  test('none', async () => {
    expect(await renderRuns([], { ...plain, width: 80, total: 0 })).toBe('no runs yet\n');
    expect(await renderRuns([], { ...plain, width: 80, total: 0, isAll: false })).toBe('no such runs\n');
  });
});

test('runs as CSV: numbers in full, what has commas or quotes within quotes', () => {
  expect(runsCsv(runs, columns).split('\n')).toEqual([
    'run,name,tags,pinned,pipeline,file,status,started,seconds,ran,reused,failed,skipped,cancelled,params.list,evaluate.student.validation.accuracy',
    '20261125-1,best,x y,,main,"a,""b"".yaml",succeeded,then,1.25,2,0,0,0,0,"[1,2]",0.12345',
    '20261124-1,,,,,,damaged,,,0,0,0,0,0,,',
    '',
  ]);
});
