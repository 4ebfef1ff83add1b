import { expect, test } from '@jest/globals';
import { renderComparison } from '../../src/report/comparison-text.ts';
import { makeStyle } from '../../src/report/style.ts';

const layout = { style: makeStyle(false), width: 100 };

test('a comparison shows its groups, what it found and what speaks against that', async () => {
  const interval = { accuracyLow: 0.9, accuracyHigh: 0.92 };
  const metrics = {
    groups: {
      baseline: { replicates: 5, steps: 1100, validation: { accuracy: 0.91, ...interval }, test: { accuracy: 0.9 } },
      'student@t=4': { replicates: 5, steps: 1100, validation: { accuracy: 0.91, ...interval } },
      teacher: { replicates: 1, validation: { accuracy: 0.98 }, test: { accuracy: 0.975 } },
    },
    words: ['student@t=4 gains'],
    notes: ['other images'],
  };
  expect((await renderComparison(metrics, 'group', layout))?.split('\n')).toEqual([
    'group        replicates  steps  validation accuracy        test accuracy',
    'teacher               1         98.00%                     97.50%',
    'student@t=4           5  1,100  91.00% (90.00% to 92.00%)  not looked at',
    'baseline              5  1,100  91.00% (90.00% to 92.00%)  90.00%',
    'student@t=4 gains',
    'note: other images',
  ]);
  expect(await renderComparison({ accuracy: 1 }, 'group', layout)).toBeUndefined();
});
