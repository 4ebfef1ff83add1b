import { readFile, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { allProblems, rendered, types } from './read-rig.ts';

const folder = join(import.meta.dirname, '../fixtures/invalid');
const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml') && !name.endsWith('.params.yaml'));

/** `UPDATE_FIXTURES=1` writes down what comes out; it is then read by a person, line by line. */
const update = process.env['UPDATE_FIXTURES'] !== undefined;

describe('invalid pipelines, each with its problems beside it', () => {
  test('there are enough of them', () => {
    expect(files.length).toBeGreaterThanOrEqual(40);
  });

  test.each(files)('%s', async (file) => {
    const text = await readFile(join(folder, file), 'utf8');
    const flags = (name: string) =>
      [...text.matchAll(new RegExp(`^# --${name} (.*)$`, 'gm'))].map((match) => match[1] ?? '');
    const problems = await allProblems({ file, cwd: folder, types, set: flags('set'), paramsFiles: flags('params') });
    const expected = join(folder, `${basename(file, '.yaml')}.txt`);
    if (update) await writeFile(expected, rendered(problems));
    expect(problems.length).toBeGreaterThan(0);
    expect(rendered(problems)).toBe(await readFile(expected, 'utf8'));
  });
});
