import { expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { coalesced } from '../../src/base/coalesced.ts';

it('makes one more of all calls that come while one goes on, for each key', async () => {
  const begun: string[] = [];
  let atOnce = 0;
  const work = coalesced(async (key: string) => {
    begun.push(key);
    expect(++atOnce).toBeLessThanOrEqual(2);
    await sleep(20);
    atOnce--;
  });
  await Promise.all(['a', 'b', 'a', 'a', 'b', 'a'].map(work));
  expect(begun).toEqual(['a', 'b', 'a', 'b']);
  await work('a');
  expect(begun.slice(4)).toEqual(['a']);
});

it('goes on after a failure, which those are told that waited for it', async () => {
  let count = 0;
  const work = coalesced(async (_: string) => {
    await sleep(10);
    if (++count === 1) throw new Error('first');
  });
  const outcomes = await Promise.allSettled([work('a'), work('a'), work('a')]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  expect(count).toBe(2);
});
