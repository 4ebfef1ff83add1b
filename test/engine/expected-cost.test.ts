import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ExplainedStage } from '../../src/core/explained-plan.ts';
import type { StageId } from '../../src/core/ids.ts';
import { expectedCost } from '../../src/engine/expected-cost.ts';

function stage(name: string, seconds: number | undefined, needs: readonly string[] = []): ExplainedStage {
  const known = seconds === undefined ? {} : { seconds, bytes: 1 };
  return { stage: name as StageId, type: 't', needs: needs as readonly StageId[], status: 'miss', ...known };
}

test('stages run as soon as they can, as many at once as there are places', () => {
  const plan = [stage('a', 10), stage('b', 10, ['a']), stage('c', 5), stage('d', 5), stage('e', 1, ['b', 'd', 'hit'])];
  expect([1, 2, 3].map((jobs) => expectedCost(plan, jobs).elapsedSeconds)).toEqual([31, 21, 21]);
});

test('what is reused or blocked costs nothing, and what never ran is counted apart', () => {
  const plan: ExplainedStage[] = [
    { ...stage('a', 10), status: 'hit' },
    { ...stage('b', undefined), status: 'blocked' },
    { ...stage('c', 3, ['a']), status: 'unknown' },
    stage('d', undefined, ['c']),
  ];
  expect(expectedCost(plan, 2)).toEqual({ seconds: 3, bytes: 1, elapsedSeconds: 3, jobs: 2, unknownStages: 1 });
  expect(expectedCost([], 2)).toMatchObject({ seconds: 0, elapsedSeconds: 0 });
});

test('the time is never less than the longest chain or an even share, nor more than both together', () => {
  const plans = fc.array(fc.record({ seconds: fc.nat(50), needs: fc.array(fc.nat(30), { maxLength: 4 }) }), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(plans, fc.integer({ min: 1, max: 5 }), (drawn, jobs) => {
      const plan = drawn.map(({ seconds, needs }, index) =>
        stage(String(index), seconds, [...new Set(needs.filter((need) => need < index).map(String))]),
      );
      const ends = new Map<string, number>();
      for (const each of plan)
        ends.set(each.stage, (each.seconds ?? 0) + Math.max(0, ...each.needs.map((need) => ends.get(need) ?? 0)));
      const chain = Math.max(0, ...ends.values());
      const { seconds, elapsedSeconds } = expectedCost(plan, jobs);
      expect(elapsedSeconds).toBeGreaterThanOrEqual(Math.max(chain, seconds / jobs) - 1e-9);
      // Graham's bound of list scheduling.
      expect(elapsedSeconds).toBeLessThanOrEqual(chain + seconds / jobs + 1e-9);
    }),
  );
});
