import { expect, test } from '@jest/globals';
import { inOrderOfPlace } from '../../src/api/problem-order.ts';
import type { Problem } from '../../src/diagnostics/problem.ts';

const file = { name: 'a.yaml', text: 'abcdefgh' };
const flag = { name: '--set x', text: '--set x' };
const problem = (message: string, source?: typeof file, start = 0): Problem => ({
  code: 'bad-reference',
  message,
  ...(source === undefined ? {} : { where: { source, start, end: start + 1 } }),
});

test('problems stand in the order of the file, those without a place first, each once', () => {
  const sorted = inOrderOfPlace([
    problem('late', file, 5),
    problem('of the flag', flag),
    problem('early', file, 2),
    problem('late', file, 5),
    problem('also late', file, 5),
    problem('nowhere'),
  ]);
  expect(sorted.map(({ message }) => message)).toEqual(['nowhere', 'early', 'late', 'also late', 'of the flag']);
});
