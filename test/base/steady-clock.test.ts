import { expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { steadyClock } from '../../src/base/steady-clock.ts';

test('a clock that is set back goes on as before, and one that is set forward is followed', async () => {
  let now = 1_000_000;
  const clock = steadyClock(() => now);
  expect(clock()).toBe(1_000_000);
  now += 500;
  expect(clock()).toBe(1_000_500);
  const before = performance.now();
  now -= 3_600_000;
  await sleep(30);
  const after = clock();
  expect(after - 1_000_500).toBeGreaterThanOrEqual(29);
  expect(after - 1_000_500).toBeLessThanOrEqual(performance.now() - before + 30);
  now += 100;
  expect(clock()).toBe(after + 100);
  now += 7_200_000;
  expect(clock()).toBe(after + 7_200_100);
});
