import { describe, expect, test } from '@jest/globals';
import { queryRuns, type RunQuery } from '../../src/api/run-query.ts';
import type { ListedRun } from '../../src/api/listed-run.ts';
import type { JsonValue } from '../../src/base/json.ts';
import type { RunId } from '../../src/core/ids.ts';
import type { RunRecord } from '../../src/records/run-record.ts';
import { NO_STAGES } from '../../src/records/run-state.ts';

/** Newest first, as they are listed. */
const runs: readonly ListedRun[] = [
  listed('4', { status: 'damaged', started: '' }),
  listed('3', { seconds: 5, tags: ['a', 'b'] }),
  listed('2', { seconds: 50, status: 'failed', pipeline: 'other', file: 'dir/other.yaml' }),
  listed('1', { seconds: 7, tags: ['a'] }),
];

const records: Readonly<Record<string, RunRecord>> = {
  '3': record({ temperature: 8, model: { units: 16 } }, { test: { accuracy: 0.5 } }),
  '2': record({ temperature: 10 }, {}),
  '1': record({ temperature: 4 }, { test: { accuracy: 0.75 }, train: { accuracy: 1 } }),
};

const ids = (query: RunQuery): readonly string[] => {
  const found = queryRuns(runs, query, ({ id }) => records[id]);
  if (!found.ok) throw new Error(found.error.message);
  return found.value.runs.map(({ id }) => id);
};

describe('runs by what they are', () => {
  test.each<[RunQuery, readonly string[]]>([
    [{}, ['4', '3', '2', '1']],
    [{ statuses: ['failed', 'damaged'] }, ['4', '2']],
    [{ pipelines: ['other'] }, ['2']],
    [{ pipelines: ['dir/other.yaml'] }, ['2']],
    [{ tags: ['a'] }, ['3', '1']],
    [{ tags: ['a', 'b'] }, ['3']],
    [{ since: Date.UTC(2026, 0, 2) }, ['3', '2']],
    [{ limit: 1 }, ['4']],
    [{ sort: 'started' }, ['1', '2', '3', '4']],
    [{ sort: 'time' }, ['3', '1', '2', '4']],
    [{ sort: '-time' }, ['2', '1', '3', '4']],
    [{ sort: '-params.temperature' }, ['2', '3', '1', '4']],
    [{ sort: 'test.accuracy' }, ['3', '1', '4', '2']],
    [{ sort: '-test.accuracy', limit: 1 }, ['1']],
  ])('%j', (query, expected) => {
    expect(ids(query)).toEqual(expected);
  });

  test('with values, by the last steps of their names where these mean one alone', () => {
    const found = queryRuns(runs, { columns: ['units', 'test.accuracy'] }, ({ id }) => records[id]);
    expect(found).toMatchObject({
      ok: true,
      value: { total: 4, columns: ['params.model.units', 'evaluate.test.accuracy'] },
    });
    expect(found.ok && found.value.runs.map(({ values }) => values)).toEqual([
      {},
      { 'params.model.units': 16, 'evaluate.test.accuracy': 0.5 },
      {},
      { 'evaluate.test.accuracy': 0.75 },
    ]);
  });

  test.each<[RunQuery, string, string]>([
    [{ columns: ['accuracy'] }, 'stands for 2 values', 'evaluate.test.accuracy, evaluate.train.accuracy'],
    [{ columns: ['params.temprature'] }, 'no run of these has', 'did you mean "params.temperature"?'],
    [{ sort: 'size' }, 'no run of these has', 'they have: params.temperature'],
  ])('%j is told as a mistake', (query, message, hint) => {
    expect(queryRuns(runs, query, ({ id }) => records[id])).toMatchObject({
      ok: false,
      error: {
        code: 'bad-flag',
        message: expect.stringContaining(message) as unknown,
        hint: expect.stringContaining(hint) as unknown,
      },
    });
  });

  test('a record is read only where it is needed', () => {
    const read: string[] = [];
    const recordOf = ({ id }: ListedRun): undefined => void read.push(id);
    queryRuns(runs, { sort: 'time', tags: ['b'] }, recordOf);
    expect(read).toEqual([]);
    queryRuns(runs, { tags: ['b'], columns: ['x'] }, recordOf);
    expect(read).toEqual(['3']);
  });
});

function listed(id: string, more: Partial<ListedRun>): ListedRun {
  return {
    ...{ id: id as RunId, status: 'succeeded', pipeline: 'main', file: 'main.yaml', counts: NO_STAGES },
    started: `2026-01-0${id}T00:00:00.000Z`.replace('04T', '01T'),
    ...more,
  };
}

function record(params: Record<string, JsonValue>, metrics: Record<string, JsonValue>): RunRecord {
  return { definition: { params }, stages: [{ id: 'evaluate', metrics }] } as unknown as RunRecord;
}
