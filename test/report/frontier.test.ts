import { expect, test } from '@jest/globals';
import { frontierTable } from '../../src/report/frontier.ts';

const model = (bytes: number, accuracy: number) => ({ bytes, validation: { accuracy }, test: { accuracy: 1 } });
const evaluation = (id: string, metrics: Parameters<typeof frontierTable>[0][number]['metrics']) => ({
  ...{ id, kind: 'evaluation', metrics },
});

test('what no other model beats in both is on the frontier', () => {
  const table = frontierTable([
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
  const table = frontierTable([
    evaluation('evaluate@width=16,replicate=0', { student: model(100, 0.9) }),
    evaluation('evaluate@width=16,replicate=1', { student: model(100, 0.8) }),
    evaluation('evaluate', { 'big@replicate=0': model(200, 0.83), 'big@replicate=1': model(200, 0.85) }),
  ]);
  expect(table?.rows).toEqual([
    ['student@width=16', '100', '85.00%', '2', '*'],
    ['big', '200', '84.00%', '2', ''],
  ]);
});

test('models of one size, or without validation images, have no frontier', () => {
  expect(frontierTable([evaluation('evaluate', { a: model(5, 0.5), b: model(5, 0.6) })])).toBeUndefined();
  expect(frontierTable([evaluation('evaluate', { a: { bytes: 5 }, b: model(6, 0.6) })])).toBeUndefined();
  expect(frontierTable([])).toBeUndefined();
});
