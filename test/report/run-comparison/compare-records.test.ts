import { describe, expect, test } from '@jest/globals';
import type { RunRecord, StageRun } from '../../../src/records/run-record.ts';
import { lineChanges } from '../../../src/report/run-comparison/line-changes.ts';
import { compareRecords } from '../../../src/report/run-comparison/run-comparison.ts';
import { initialRecord } from '../../../src/records/run-start.ts';
import { runStart } from '../../records/sample-run.ts';

/** Twice the deviation, so that a test sees what it was given. */
const half = ({ deviation }: { readonly deviation: number }): number => 2 * deviation;

function record(changes: {
  params?: RunRecord['definition']['params'];
  text?: string;
  node?: string;
  stages?: readonly object[];
}): RunRecord {
  const { params = {}, text = '', node = 'v20', stages = [] } = changes;
  const start = runStart('', 'a');
  const initial = initialRecord(start);
  return {
    ...initial,
    definition: { ...initial.definition, params, text },
    facts: { ...initial.facts, versions: { node } },
    stages: stages.map((each) => ({ type: 'train-student', needs: [], status: 'ran', ...each }) as unknown as StageRun),
  };
}

describe('what differs between runs', () => {
  test('parameters by their whole path; one that is absent is not one that is null', () => {
    const compared = compareRecords(
      [record({ params: { a: { b: 1, c: [1, 2] }, d: null } }), record({ params: { a: { b: 2, c: [1, 2] } } })],
      { half },
    );
    expect(compared.params).toEqual([
      { name: 'a.b', of: [{ value: 1 }, { value: 2 }], differs: true },
      { name: 'a.c', of: [{ value: [1, 2] }, { value: [1, 2] }], differs: false },
      { name: 'd', of: [{ value: null }, {}], differs: true },
    ]);
  });

  test('versions and the machine', () => {
    const { circumstances } = compareRecords([record({}), record({ node: 'v22' })], { half });
    expect(circumstances.filter(({ differs }) => differs)).toEqual([
      { name: 'node', of: [{ value: 'v20' }, { value: 'v22' }], differs: true },
    ]);
    expect(circumstances.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['pipeline', 'file', 'given', 'backend', 'machine: cpu']),
    );
  });

  test('stages by their keys, with what is known of the change, asked for only where there is one', () => {
    const asked: string[] = [];
    const compared = compareRecords(
      [
        record({ stages: [{ id: 'a', key: 'k1' }, { id: 'b', key: 'k2', seconds: 3 }, { id: 'gone' }] }),
        record({
          stages: [
            { id: 'a', key: 'k1', status: 'reused', secondsSaved: 5 },
            { id: 'b', key: 'k3' },
          ],
        }),
      ],
      {
        half,
        changesOf(before, after) {
          asked.push(`${before.key ?? ''} ${after.key ?? ''}`);
          return [{ component: 'seed', pointer: '/seed', before: 1, after: 2 }];
        },
      },
    );
    expect(asked).toEqual(['k2 k3']);
    expect(compared.stages).toMatchObject([
      { stage: 'a', differs: false, of: [{ status: 'ran' }, { status: 'reused', seconds: 5 }] },
      { stage: 'b', differs: true, of: [{ seconds: 3 }, { changes: [{ component: 'seed' }] }] },
      { stage: 'gone', differs: true, of: [{ type: 'train-student' }, null] },
    ]);
  });

  test('numbers, with their changes; what one run lacks is null', () => {
    const compared = compareRecords(
      [
        record({ stages: [{ id: 's', metrics: { loss: 0.5, accuracy: 0.9, only: 1 } }] }),
        record({ stages: [{ id: 's', metrics: { loss: 0.25, accuracy: 0.9 } }] }),
      ],
      { half },
    );
    expect(compared.metrics).toEqual([
      {
        ...{ stage: 's', axes: {}, path: 'loss', differs: true },
        of: [
          { mean: 0.5, deviation: 0, count: 1 },
          { mean: 0.25, deviation: 0, count: 1, change: { value: -0.25 } },
        ],
      },
      expect.objectContaining({ path: 'accuracy', differs: false }),
      {
        ...{ stage: 's', axes: {}, path: 'only', differs: true },
        of: [{ mean: 1, deviation: 0, count: 1 }, null],
      },
    ]);
  });

  test('replicates are one number, and its change has an interval where both runs have the same ones', () => {
    const replicates = (values: readonly number[], first = 0): RunRecord =>
      record({
        stages: values.map((loss, index) => ({
          id: `s@temperature=4,replicate=${first + index}`,
          variant: { of: 's', axes: { temperature: 4, replicate: first + index } },
          metrics: { loss },
        })),
      });
    // Differences 1, 1 and 4: mean 2, deviation √3.
    const { metrics } = compareRecords([replicates([1, 2, 3]), replicates([2, 3, 7]), replicates([2, 3, 7], 1)], {
      half,
    });
    expect(metrics).toHaveLength(1);
    const [first, paired, others] = metrics[0]?.of ?? [];
    expect(metrics[0]).toMatchObject({ stage: 's', axes: { temperature: 4 }, path: 'loss', differs: true });
    expect(first).toEqual({ mean: 2, deviation: 1, count: 3, half: 2 });
    expect(paired?.change?.value).toBeCloseTo(2);
    expect(paired?.change?.half).toBeCloseTo(2 * Math.sqrt(3));
    expect(others?.change).toEqual({ value: 2 });
  });

  test('models of an evaluation have a row each, gathered ones too', () => {
    const { metrics } = compareRecords(
      [
        record({
          stages: [
            {
              id: 'evaluate',
              artifact: { kind: 'evaluation', digest: 'd', files: [] },
              metrics: {
                'student@replicate=0': { test: { accuracy: 0.5 } },
                'student@replicate=1': { test: { accuracy: 0.7 } },
              },
            },
          ],
        }),
      ],
      { half },
    );
    expect(metrics).toMatchObject([{ stage: 'evaluate', model: 'student', axes: {}, path: 'test.accuracy' }]);
    expect(metrics[0]?.of[0]?.mean).toBeCloseTo(0.6);
  });
});

describe('lines of two texts', () => {
  test('the same, inserted, removed and replaced ones', () => {
    expect(lineChanges('a\nb', 'a\nb')).toEqual([]);
    expect(lineChanges('a\nb\nc', 'a\nx\nb\nc')).toEqual([{ change: 'added', line: 2, text: 'x' }]);
    expect(lineChanges('a\nb\nc', 'a\nc')).toEqual([{ change: 'removed', line: 2, text: 'b' }]);
    expect(lineChanges('a\nb\nc\nd\ne', 'a\nB\nc\nD\ne')).toEqual([
      { change: 'removed', line: 2, text: 'b' },
      { change: 'added', line: 2, text: 'B' },
      { change: 'removed', line: 4, text: 'd' },
      { change: 'added', line: 4, text: 'D' },
    ]);
  });

  test('of texts too long to be compared line by line, all of what differs', () => {
    const text = (word: string): string =>
      Array.from({ length: 3000 }, (_, line) => (line % 2 === 0 ? 'same' : `${word} ${line}`)).join('\n');
    const changes = lineChanges(text('a'), text('b'));
    expect(changes.filter(({ change }) => change === 'removed')).toHaveLength(2999);
    expect(changes.filter(({ change }) => change === 'added')).toHaveLength(2999);
  });
});
