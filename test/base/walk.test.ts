import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { walkFolder } from '../../src/base/walk.ts';
import { temporaryFolder } from './temporary-folder.ts';

it('finds every file below, sorted by path, and says what is no ordinary one', async () => {
  const folder = temporaryFolder();
  mkdirSync(`${folder}/b/c`, { recursive: true });
  mkdirSync(`${folder}/empty`);
  for (const name of ['z', 'b.txt', 'b/c/deep', 'b/a', 'Z']) writeFileSync(`${folder}/${name}`, '');
  symlinkSync('b', `${folder}/link`);
  execFileSync('mkfifo', [`${folder}/pipe`]);
  expect(await walkFolder(folder)).toEqual([
    { path: 'Z', kind: 'file' },
    { path: 'b.txt', kind: 'file' },
    { path: 'b/a', kind: 'file' },
    { path: 'b/c/deep', kind: 'file' },
    { path: 'link', kind: 'symlink' },
    { path: 'pipe', kind: 'other' },
    { path: 'z', kind: 'file' },
  ]);
});

describe('an empty folder', () => {
  it('has nothing in it', async () => {
    expect(await walkFolder(temporaryFolder())).toEqual([]);
  });
});
