import { beforeEach, describe, expect, test } from '@jest/globals';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { temporaryFolder } from '../../base/temporary-folder.ts';
import { checked, complete, failureOf, runStage, stageType } from '../rig.ts';

const PLANE = 1024;

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
  for (let batch = 1; batch <= 5; batch++) write(`data_batch_${batch}.bin`, [[batch], [0]]);
  write('test_batch.bin', [[9], [8], [7]]);
  write('train.bin', [
    [3, 99],
    [4, 42],
  ]);
  write('test.bin', [[0, 1]]);
});

/** Records with these labels; a pixel tells its record, its channel and its place. */
function write(name: string, labels: readonly (readonly number[])[]): void {
  writeFileSync(join(folder, name), records(labels));
}

function records(labels: readonly (readonly number[])[]): Buffer {
  return Buffer.concat(
    labels.flatMap((label, record) => [
      Buffer.from(label),
      ...[0, 1, 2].map((channel) => Buffer.from(Array.from({ length: PLANE }, (_, at) => pixel(record, channel, at)))),
    ]),
  );
}

function pixel(record: number, channel: number, at: number): number {
  return (record * 7 + channel * 80 + at) % 251;
}

function load(dataset: 'cifar-10' | 'cifar-100' | 'cifar-100-coarse', more = {}) {
  return { type: 'load-data', with: { dataset, folder, ...more } };
}

test('CIFAR-10: five files to train on, one to test, and colours beside one another', async () => {
  const { files, facts } = await runStage(load('cifar-10', { split: { validation: 2 } }));
  expect(facts).toEqual({ inputShape: [32, 32, 3], classes: 10, counts: { train: 8, validation: 2, test: 3 } });
  expect([...(files.get('train-labels.bin') ?? [])]).toEqual([1, 0, 2, 0, 3, 0, 4, 0]);
  expect([...(files.get('validation-labels.bin') ?? [])]).toEqual([5, 0]);
  expect([...(files.get('test-labels.bin') ?? [])]).toEqual([9, 8, 7]);
  const expected = Uint8Array.from({ length: 3 * 3 * PLANE }, (_, at) => {
    const record = Math.floor(at / (3 * PLANE));
    return pixel(record, at % 3, Math.floor(at / 3) % PLANE);
  });
  expect(Buffer.from(files.get('test-images.bin') ?? []).equals(Buffer.from(expected))).toBe(true);
});

test('CIFAR-100: the fine labels, of a hundred classes', async () => {
  const { files, facts } = await runStage(load('cifar-100'));
  expect(facts).toEqual({ inputShape: [32, 32, 3], classes: 100, counts: { train: 2, validation: 0, test: 1 } });
  expect([...(files.get('train-labels.bin') ?? [])]).toEqual([99, 42]);
  expect([...(files.get('train-images.bin') ?? [])].slice(0, 6)).toEqual([0, 80, 160, 1, 81, 161]);
});

test('CIFAR-100, coarse: the same images, of twenty classes', async () => {
  const { files, facts } = await runStage(load('cifar-100-coarse'));
  expect(facts).toEqual({ inputShape: [32, 32, 3], classes: 20, counts: { train: 2, validation: 0, test: 1 } });
  expect([...(files.get('train-labels.bin') ?? [])]).toEqual([3, 4]);
  expect([...(files.get('test-labels.bin') ?? [])]).toEqual([0]);
  const fine = await runStage(load('cifar-100'));
  expect(files.get('train-images.bin')).toEqual(fine.files.get('train-images.bin'));
  write('test.bin', [[20, 1]]);
  expect((await failureOf(load('cifar-100-coarse'))).message).toMatch(/label 20 in record 1, and classes are 0 to 19/);
});

describe('a clear failure for', () => {
  test.each<[string, string, Uint8Array, RegExp]>([
    [
      'a file that is cut short',
      'data_batch_3.bin',
      records([[1], [2]]).subarray(0, 6000),
      /data_batch_3.bin has 6000 bytes, which are no whole records of 3073/,
    ],
    [
      'a label of another data set',
      'test_batch.bin',
      records([[1], [10]]),
      /has the label 10 in record 2, and classes are 0 to 9/,
    ],
    ['an empty file', 'data_batch_1.bin', Buffer.of(), /data_batch_1.bin is empty/],
    ['broken gzip', 'data_batch_1.bin', gzipSync(records([[1]])).subarray(0, 50), /gzip data ends too early/],
  ])('%s', async (_, name, bytes, message) => {
    writeFileSync(join(folder, name), bytes);
    const failure = await failureOf(load('cifar-10'));
    expect(failure.message).toMatch(message);
    expect(failure).toMatchObject({ code: 'bad-option', pointer: '/with/folder' });
  });

  test('a missing file', async () => {
    rmSync(join(folder, 'data_batch_5.bin'));
    const failure = await failureOf(load('cifar-10'));
    expect(failure).toMatchObject({ code: 'input-missing', pointer: '/with/folder' });
    expect(failure.message).toMatch(/data_batch_5.bin is not there$/);
  });
});

test('the key has what is in the files, and not where they are', async () => {
  const type = stageType('load-data');
  const options = await complete('load-data', { dataset: 'cifar-100', folder: 'there' });
  expect(type.externalFiles?.(options)).toEqual([
    { name: 'train.bin', path: join('there', 'train.bin'), pointer: '/with/folder' },
    { name: 'test.bin', path: join('there', 'test.bin'), pointer: '/with/folder' },
  ]);
  expect(type.keyOptions?.(options)).toEqual({ dataset: 'cifar-100', scale: 'unit', split: { validation: 0 } });
});

test('what is known before it runs', async () => {
  const known = { inputShape: [32, 32, 3], classes: 100 };
  expect(await checked('load-data', { dataset: 'cifar-100', folder })).toEqual({ problems: [], facts: known });
  const { problems } = await checked('load-data', { dataset: 'cifar-10', classes: 10 });
  expect(problems.map(({ message }) => message)).toEqual([
    '`classes` is for the data sets idx, csv, not for cifar-10',
    'the data set cifar-10 needs `folder`, where its binary files lie',
  ]);
});
