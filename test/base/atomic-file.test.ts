import { describe, expect, it } from '@jest/globals';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { replaceFile, replaceFileSync } from '../../src/base/atomic-file.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe.each([
  ['replaceFile', replaceFile],
  [
    'replaceFileSync',
    (path: string, data: string) =>
      new Promise<void>((resolve) => {
        replaceFileSync(path, data);
        resolve();
      }),
  ],
])('%s', (_name, replace) => {
  it('makes and replaces, and leaves nothing else in the folder', async () => {
    const folder = temporaryFolder();
    await replace(`${folder}/file`, 'old');
    await replace(`${folder}/file`, 'new');
    expect(readFileSync(`${folder}/file`, 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('never writes into the old file, so that a reader keeps what it opened', async () => {
    const file = `${temporaryFolder()}/file`;
    writeFileSync(file, 'old');
    const before = statSync(file).ino;
    await replace(file, 'new');
    expect(statSync(file).ino).not.toBe(before);
  });

  it('leaves nothing behind where it fails', async () => {
    const folder = temporaryFolder();
    mkdirSync(`${folder}/taken/by-a-folder`, { recursive: true });
    await expect(replace(`${folder}/taken`, 'new')).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['taken']);
  });
});
