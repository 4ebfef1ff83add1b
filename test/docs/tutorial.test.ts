import { afterAll, describe, expect, test } from '@jest/globals';
import { documents } from './snippets.ts';
import { matches, newWalk, patched } from './walk.ts';

const pages = documents.filter((document) => /^docs\/tutorial\/\d/.test(document));

/** `npm run test:tutorial` does it in earnest, in minutes. */
const how = process.env['PIPELINE_TEST_TUTORIAL'] === 'run' ? 'run' : 'check';
const walk = await newWalk(how);
afterAll(() => walk.end());

describe(
  how === 'run' ? 'the tutorial, run word by word' : 'the tutorial, its files made and its pipelines validated',
  () => {
    // One after the other: a page begins where the one before it ended.
    test.each(pages)(
      '%s',
      async (page) => {
        expect(await walk.follow(page)).toEqual([]);
      },
      1_800_000,
    );
  },
);

describe('the checks themselves', () => {
  test.each([
    ['…\ndone in 7.3 s, 92.20%', 'begun\ndone in 1 min 2 s, 92.20%', true, true],
    ['92.20%', '91.05%', true, false],
    ['92.20%, -0.53 points, 3 KiB', '91.05%, +1.2 points, 1.2 MiB', false, true],
    ['done\n…', 'done', true, true],
    ['a  1.5\nb', 'a 1.5\nb', true, true],
    ['passed', 'missed', false, false],
    ['…\nb', 'a\nb\nc', false, false],
    ['record: artifacts/runs/20261125-184452-pxhzy', 'record: artifacts/runs/20270101-000000-aaaaa', true, true],
    ['a\n[exit 2]', 'a', false, false],
  ])('%j beside %j, all numbers %j: %j', (expected, printed, numbers, same) => {
    expect(matches(expected, printed, numbers)).toBe(same);
  });

  test('a change is made where its lines are, once', () => {
    expect(patched('a: 1\nb: 2\nc: 3\n', ' a: 1\n-b: 2\n+b: 4\n+d: 5\n')).toBe('a: 1\nb: 4\nd: 5\nc: 3\n');
    expect(() => patched('a: 1\na: 1\n', '-a: 1\n+a: 2\n')).toThrow('exactly once');
  });
});
