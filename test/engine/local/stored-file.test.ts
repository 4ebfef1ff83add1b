import { renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sha256 } from '../../../src/base/hash.ts';
import { success } from '../../../src/base/result.ts';
import { MemoryBudget, dataMemory } from '../../../src/engine/local/data-memory.ts';
import { openStoredFile } from '../../../src/engine/local/stored-file.ts';
import type { StoredFile } from '../../../src/engine/local/stored-file.ts';
import { temporaryFolder } from '../../base/temporary-folder.ts';

const bytes = Uint8Array.from({ length: 50 }, (_, index) => index * 3);
let path: string;
let damages: number;
let opened: StoredFile | undefined;

beforeEach(() => {
  path = join(temporaryFolder(), 'images.bin');
  writeFileSync(path, bytes);
  damages = 0;
});
afterEach(async () => {
  await opened?.close();
  opened = undefined;
});

async function openFile(): Promise<StoredFile> {
  opened = await openStoredFile({
    path,
    digest: sha256(bytes),
    name: 'images.bin of the input data',
    damaged: () => damages++,
  });
  return opened;
}

function rows(file: StoredFile, ...which: number[]): Uint8Array {
  const into = new Uint8Array(which.length * 5);
  file.content.readRows(Int32Array.from(which), 5, into);
  return into;
}

describe('a file of the store that is read by rows', () => {
  test('gives the rows in the order in which they are named', async () => {
    const file = await openFile();
    for (const which of [[3], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [9, 0, 1, 2, 2, 1, 7, 8], []]) {
      const expected = which.flatMap((row) => [...bytes.subarray(row * 5, row * 5 + 5)]);
      expect([...rows(file, ...which)]).toEqual(expected);
    }
    expect(damages).toBe(0);
  });

  test('is refused where it is not what its name says, or not there', async () => {
    writeFileSync(
      path,
      bytes.map((byte) => byte ^ 1),
    );
    await expect(openFile()).rejects.toThrow('images.bin of the input data is damaged in the store');
    rmSync(path);
    await expect(openFile()).rejects.toThrow('ENOENT');
    expect(damages).toBe(2);
  });

  test('cut short meanwhile, is an error, for the rows that are left too', async () => {
    const file = await openFile();
    truncateSync(path, 12);
    expect(() => rows(file, 2)).toThrow(
      'images.bin of the input data was cut short in the store while the stage read it',
    );
    expect(() => rows(file, 0)).toThrow(
      'images.bin of the input data was changed in the store while the stage read it',
    );
    expect(damages).toBe(2);
  });

  test('written to meanwhile, is an error', async () => {
    const file = await openFile();
    writeFileSync(path, new Uint8Array(50));
    expect(() => rows(file, 4)).toThrow('was changed in the store');
    expect(damages).toBe(1);
  });

  test('removed or replaced meanwhile, still gives its own content', async () => {
    const file = await openFile();
    const other = `${path}.new`;
    writeFileSync(other, new Uint8Array(50));
    renameSync(other, path);
    expect([...rows(file, 9)]).toEqual([...bytes.subarray(45)]);
    rmSync(path);
    expect([...rows(file, 1)]).toEqual([...bytes.subarray(5, 10)]);
    expect(damages).toBe(0);
  });
});

test('memory goes to the files that are opened first, and to a file once', () => {
  const budget = new MemoryBudget(100);
  const [train, validation, test] = [
    { digest: 'a', bytes: 60 },
    { digest: 'b', bytes: 50 },
    { digest: 'c', bytes: 40 },
  ];
  const takes = [train, validation, train, test, validation].map((file) => budget.takes(file));
  expect(takes).toEqual([true, false, true, true, false]);
});

test('the bound is a size, 1 GiB without one', () => {
  expect(dataMemory({})).toEqual(success(2 ** 30));
  expect(dataMemory({ PIPELINE_DATA_MEMORY: '512MiB' })).toEqual(success(2 ** 29));
  expect(dataMemory({ PIPELINE_DATA_MEMORY: '0' })).toEqual(success(0));
  expect(dataMemory({ PIPELINE_DATA_MEMORY: 'much' })).toMatchObject({ ok: false, error: { code: 'bad-option' } });
});
