import { describe, expect, it } from '@jest/globals';
import { explore } from './lock-model.ts';

describe('the lock in every interleaving of its steps', () => {
  it.each([
    { processes: 2, rounds: 2, deaths: 2, leftBehind: [], highest: 4 },
    { processes: 2, rounds: 3, deaths: 2, leftBehind: [1, 3], highest: 5 },
    { processes: 3, rounds: 1, deaths: 1, leftBehind: [], highest: 2 },
    { processes: 3, rounds: 1, deaths: 1, leftBehind: [1], highest: 3 },
  ])('is held by one, and no living claim is removed: %j', (scenario) => {
    expect(explore(scenario)).toEqual({ states: expect.any(Number) });
  });

  it('would be held by two without the second look', () => {
    const verdict = explore({
      processes: 2,
      rounds: 1,
      deaths: 1,
      leftBehind: [1],
      highest: 3,
      without: 'second look',
    });
    expect(verdict.problem).toBe('two hold');
  });

  it('would lose a living claim if the dead were removed by what was seen before it was held', () => {
    const verdict = explore({ processes: 4, rounds: 1, deaths: 1, leftBehind: [1], highest: 3, without: 'third look' });
    expect(verdict.problem).toBe('a living claim was removed');
  });
});
