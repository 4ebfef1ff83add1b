import { expect, test } from '@jest/globals';
import { curveTable } from '../../src/report/curve-lines.ts';
import type { LearningCurve } from '../../src/report/page-data/curves.ts';
import { sparkline } from '../../src/report/sparkline.ts';

test('a curve in a line: from the smallest to the largest value, means where there is no room', () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 24)).toBe('▁▂▃▄▅▆▇█');
  expect(sparkline([7, 0], 24)).toBe('█▁');
  expect(sparkline([3, 3, 3], 24)).toBe('▁▁▁');
  expect(sparkline([0, 0, 7, 7], 2)).toBe('▁█');
  expect(sparkline([0, NaN, 7], 24)).toBe('▁ █');
  expect(sparkline([], 24)).toBe('');
  expect(
    sparkline(
      Array.from({ length: 1000 }, (_, index) => index),
      24,
    ),
  ).toHaveLength(24);
});

test('trainings by epoch, the validation accuracy where there is one', () => {
  const curve = (stage: string, epochs: LearningCurve['epochs']): LearningCurve => ({
    ...{ stage, role: 'student', axes: {} },
    epochs,
  });
  expect(
    curveTable([
      curve('a', [
        { epoch: 1, loss: 2, accuracy: 0.5, validationAccuracy: 0.25 },
        { epoch: 2, loss: 1, accuracy: 0.75, validationAccuracy: 0.5 },
      ]),
      curve('one epoch is no curve', [{ epoch: 1, loss: 1 }]),
    ])?.rows,
  ).toEqual([
    ['a', 'loss', '█▁', '2 -> 1', '2'],
    ['', 'validation accuracy', '▁█', '25.00% -> 50.00%', ''],
  ]);
  expect(curveTable([])).toBeUndefined();
});
