import { expect, test } from '@jest/globals';
import { isGlob, parseGlob } from '../../src/base/glob.ts';

test('a path is no glob, and a glob begins in a folder', () => {
  for (const path of ['data/in.csv', 'data', 'a b/c-d_e.txt', 'data (1).csv'])
    expect([path, isGlob(path)]).toEqual([path, false]);
  for (const path of ['*.py', 'a/**', 'a/?.txt', 'x[01]', '{a,b}.csv'])
    expect([path, isGlob(path)]).toEqual([path, true]);
  expect(['data/*.csv', '*.py', 'a/b/**/c'].map((pattern) => parseGlob(pattern).base)).toEqual(['data', '', 'a/b']);
});

test('it matches as a shell does', () => {
  const { matches } = parseGlob('src/**/*.{py,sh}');
  expect(['src/a.py', 'src/b/c.sh', 'src/.hidden/a.py', 'src/a.txt', 'a.py'].map(matches)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});

test('a folder may hold something that it matches, or not', () => {
  const inside = (pattern: string, folder: string) => parseGlob(pattern).mayMatchInside(folder);
  expect(inside('out/*/a.txt', 'out/x')).toBe(true);
  expect(inside('out/*/a.txt', 'out/x/y')).toBe(false);
  expect(inside('out/*/a.txt', 'in')).toBe(false);
  expect(inside('out/**', 'out/x/y/z')).toBe(true);
  expect(inside('*.txt', 'folder')).toBe(false);
  expect(inside('{a/b,c}/d', 'a/b')).toBe(true);
});
