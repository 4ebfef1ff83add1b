import { describe, expect, test } from '@jest/globals';
import { frontierChart } from '../../src/report/frontier-chart.ts';
import { frontierTable, runFrontier } from '../../src/report/frontier.ts';

const model = (bytes: number, accuracy: number) => ({ bytes, validation: { accuracy }, test: { accuracy: 1 } });
const evaluation = (id: string, metrics: Parameters<typeof runFrontier>[0][number]['metrics']) => ({
  ...{ id, kind: 'evaluation', metrics },
});

const tableOf = (...of: Parameters<typeof runFrontier>) => {
  const frontier = runFrontier(...of);
  return frontier === undefined ? undefined : frontierTable(frontier);
};

test('what no other model beats in both is on the frontier', () => {
  const table = tableOf([
    evaluation('evaluate@width=16', { teacher: model(900, 0.98), student: model(100, 0.9) }),
    evaluation('evaluate@width=32', { teacher: model(900, 0.98), student: model(200, 0.89) }),
    evaluation('evaluate@width=64', { teacher: model(900, 0.98), student: model(400, 0.95) }),
    { id: 'export', kind: 'layers-model', metrics: { ...model(100, 0.95), original: model(400, 0.95) } },
    { id: 'train', kind: 'model', metrics: model(1, 1) },
  ]);
  expect(table?.rows.map(([name, , accuracy, , mark]) => [name, accuracy, mark])).toEqual([
    ['export', '95.00%', '*'],
    ['student@width=16', '90.00%', ''],
    ['student@width=32', '89.00%', ''],
    ['student@width=64', '95.00%', ''],
    ['teacher', '98.00%', '*'],
  ]);
});

test('replicates are one row, with their mean', () => {
  const table = tableOf([
    evaluation('evaluate@width=16,replicate=0', { student: model(100, 0.9) }),
    evaluation('evaluate@width=16,replicate=1', { student: model(100, 0.8) }),
    evaluation('evaluate', { 'big@replicate=0': model(200, 0.83), 'big@replicate=1': model(200, 0.85) }),
  ]);
  expect(table?.rows).toEqual([
    ['student@width=16', '100', '85.00%', '2', '*'],
    ['big', '200', '84.00%', '2', ''],
  ]);
});

test('a gathered model in an evaluation that is a replicate is one with its replicates', () => {
  const table = tableOf([
    evaluation('evaluate@replicate=0', { 'student@temperature=4': model(100, 0.9), baseline: model(50, 0.5) }),
    evaluation('evaluate@replicate=1', { 'student@temperature=4': model(100, 0.8), baseline: model(50, 0.6) }),
    evaluation('evaluate@width=8,replicate=1', { 'student@temperature=4': model(70, 0.7) }),
  ]);
  expect(table?.rows.map(([name, , accuracy, count]) => [name, accuracy, count])).toEqual([
    ['baseline', '55.00%', '2'],
    ['student@temperature=4,width=8', '70.00%', '1'],
    ['student@temperature=4', '85.00%', '2'],
  ]);
});

test('models of one size, or without validation images, have no frontier', () => {
  expect(tableOf([evaluation('evaluate', { a: model(5, 0.5), b: model(5, 0.6) })])).toBeUndefined();
  expect(tableOf([evaluation('evaluate', { a: { bytes: 5 }, b: model(6, 0.6) })])).toBeUndefined();
  expect(tableOf([])).toBeUndefined();
});

const time = (called: string, milliseconds: number, more: object = {}) => ({
  ...{ called: [called], backend: 'wasm', host: { name: 'here' }, batch: 1, milliseconds },
  ...more,
});

test('times stand beside bytes where they were measured, and have a frontier of their own', () => {
  const stages = [
    evaluation('evaluate@width=16,replicate=0', { student: model(100, 0.9) }),
    evaluation('evaluate@width=16,replicate=1', { student: model(100, 0.8) }),
    evaluation('evaluate@width=32,replicate=0', { student: model(200, 0.86) }),
    evaluation('evaluate', { teacher: model(300, 0.98), old: model(50, 0.5) }),
  ];
  const table = tableOf(stages, [
    time('evaluate@width=16,replicate=0.student', 2),
    time('evaluate@width=16,replicate=1.student', 4),
    time('evaluate@width=32,replicate=0.student', 1),
    time('evaluate.teacher', 8),
    time('evaluate.teacher', 64, { batch: 64 }),
    time('elsewhere.teacher', 1),
  ]);
  expect(table?.head.slice(1, 3)).toEqual(['bytes', 'ms an image (wasm)']);
  expect(table?.rows.map(([name, , ms, , , best]) => [name, ms, best])).toEqual([
    ['old', '', 'bytes'],
    ['student@width=16', '3.00', 'bytes'],
    ['student@width=32', '1.00', 'bytes, time (wasm)'],
    ['teacher', '8.00', 'bytes, time (wasm)'],
  ]);
});

test('several machines and batches are told apart', () => {
  const table = tableOf(
    [evaluation('e', { a: model(5, 0.5), b: model(5, 0.6) })],
    [
      time('e.a', 64, { batch: 64, host: { name: 'there' } }),
      time('e.b', 128, { batch: 64, host: { name: 'there' } }),
      time('e.a', 3, { backend: 'native' }),
    ],
  );
  expect(table?.head.slice(1, 4)).toEqual([
    'bytes',
    'ms an image of 64 (wasm on there)',
    'ms an image (native on here)',
  ]);
  // Of one size, and still two that cost unlike.
  expect(table?.rows).toEqual([
    ['b', '5', '2.00', '', '60.00%', '1', 'bytes, time (wasm on there)'],
    ['a', '5', '1.00', '3.00', '50.00%', '1', 'time (wasm on there), time (native on here)'],
  ]);
});

describe('the chart', () => {
  const frontier = runFrontier([
    evaluation('e', { a: model(1000, 0.5), b: model(10_000, 0.75), c: model(100_000, 1), d: model(100_000, 0.5) }),
  ])!;

  test('has cheap models left and good ones above, a step as many times as dear, and the frontier in capitals', () => {
    expect(frontierChart(frontier, 'bytes', 50)?.split('\n')).toEqual([
      '100.00% │                                       C',
      '        │',
      '        │',
      '        │',
      '        │                    B',
      '        │',
      '        │',
      '        │',
      '        │',
      ' 50.00% │A                                      d',
      `        └${'─'.repeat(40)}`,
      '         1000                             100,000',
    ]);
  });

  test('is left out where it says nothing, or has no room', () => {
    expect(frontierChart(frontier, 'bytes', 30)).toBeUndefined();
    expect(frontierChart(frontier, 'ms an image (wasm)', 80)).toBeUndefined();
    const two = runFrontier([evaluation('e', { a: model(1, 0.5), b: model(2, 0.7) })])!;
    expect(frontierChart(two, 'bytes', 80)).toBeUndefined();
  });
});
