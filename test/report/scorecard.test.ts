import { describe, expect, test } from '@jest/globals';
import { classTable, scorecardTable } from '../../src/report/scorecard.ts';
import { makeStyle } from '../../src/report/style.ts';
import { renderTable } from '../../src/report/table.ts';

const own = { accuracy: 0.9, loss: 0.25, errors: 10, ece: 0.0123, brier: 0.15, recallPerClass: [1, 0.8, null] };
const metrics = {
  baseline: { parameters: 407050, bytes: 1628200, test: { ...own, errorsShared: 5, errorsNew: 5 }, validation: own },
  student: {
    ...{ parameters: 407050, bytes: 1628200, validation: own },
    test: {
      ...own,
      gapRecovered: 0.25,
      klToTeacher: 0.1,
      errorsShared: 4,
      errorsNew: 6,
      errorsMended: 3,
      errorsMade: 2,
    },
  },
  teacher: { parameters: 61514, bytes: 246056, test: own, validation: own },
};

async function linesOf(table: ReturnType<typeof scorecardTable>): Promise<string[]> {
  if (table === undefined) throw new Error('there is no table');
  return (await renderTable(table, { style: makeStyle(false), width: 80 })).split('\n');
}

describe('the scorecard', () => {
  test('has a column a model, on the test images', async () => {
    expect(await linesOf(scorecardTable(metrics))).toEqual([
      'on test                           teacher  student  baseline',
      'gap recovered                               25.00%',
      'KL to teacher                                  0.1',
      'cross-entropy                        0.25     0.25      0.25',
      'ECE (15 bins)                      0.0123   0.0123    0.0123',
      'Brier                                0.15     0.15      0.15',
      'errors                                 10       10        10',
      '  shared with the teacher                        4         5',
      '  new to the teacher                             6         5',
      '  mended: the baseline made them                 3',
      '  made: the baseline does not                    2',
      'parameters                         61,514  407,050   407,050',
      'weights                           240 KiB  1.6 MiB   1.6 MiB',
    ]);
  });

  test('is of the validation images where it looked at no others, and is none without figures', async () => {
    const [head] = await linesOf(scorecardTable({ mine: { validation: own } }));
    expect(head).toBe('on validation    mine');
    expect(scorecardTable({ mine: { validation: { accuracy: 1 } } })).toBeUndefined();
    expect(scorecardTable({ accuracy: 1 })).toBeUndefined();
  });
});

test('the table by class tells what share of each was found, and nothing of a class without images', async () => {
  expect(await linesOf(classTable(metrics, 'test'))).toEqual([
    'recall on test  teacher  student  baseline',
    'class 0         100.00%  100.00%   100.00%',
    'class 1          80.00%   80.00%    80.00%',
    'class 2',
  ]);
  expect(classTable(metrics, 'train')).toBeUndefined();
});
