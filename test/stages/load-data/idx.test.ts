import { beforeEach, describe, expect, test } from '@jest/globals';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { temporaryFolder } from '../../base/temporary-folder.ts';
import { describeOf, failureOf, runStage, sameFiles } from '../rig.ts';
import { idxBytes, tinyFiles, tinyOptions, writeTinyFiles } from '../tiny-data.ts';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
  writeTinyFiles(folder);
});

const load = { type: 'load-data', with: tinyOptions };

test("a person's own files become a data set", async () => {
  const { artifact, files } = await runStage({ ...load, folder });
  const name = (part: string): string[] => [`${part}-images.bin`, `${part}-labels.bin`];
  expect(artifact.paths).toEqual(['dataset.json', ...name('test'), ...name('train'), ...name('validation')]);
  expect(files.get('test-images.bin')).toEqual(readFileSync(join(folder, tinyFiles.testImages)).subarray(16));
  expect(describeOf({ artifact, files, events: [], metrics: {} }, 'dataset.json')).toMatchObject({
    format: 'distill-pipeline/dataset@1',
    shape: [6, 6, 1],
    classes: 3,
    scale: 'unit',
    splits: { train: { count: 80 }, validation: { count: 40 }, test: { count: 60 } },
  });
});

test('whether a file is compressed changes nothing', async () => {
  const plain = await runStage({ ...load, folder });
  const path = join(folder, tinyFiles.trainImages);
  writeFileSync(path, gzipSync(readFileSync(path)));
  expect(sameFiles(plain, await runStage({ ...load, folder }))).toBe(true);
});

test('validation comes from the end, and the rest is cut to its first images', async () => {
  const split = { train: 50, validation: 20, test: 10 };
  const { files } = await runStage({ ...load, with: { ...tinyOptions, validationFrom: 'end', split }, folder });
  const images = readFileSync(join(folder, tinyFiles.trainImages)).subarray(16);
  expect(files.get('train-images.bin')).toEqual(images.subarray(0, 50 * 36));
  expect(files.get('validation-images.bin')).toEqual(images.subarray(100 * 36));
  expect(files.get('test-images.bin')).toHaveLength(10 * 36);
});

test('Fashion-MNIST, under the names and in the format that it comes in', async () => {
  const named = {
    trainImages: 'train-images-idx3-ubyte.gz',
    trainLabels: 'train-labels-idx1-ubyte.gz',
    testImages: 't10k-images-idx3-ubyte.gz',
    testLabels: 't10k-labels-idx1-ubyte.gz',
  };
  const images = (count: number): Uint8Array => Uint8Array.from({ length: count * 784 }, (_, at) => (at * 31) % 256);
  const labels = (count: number): Uint8Array => Uint8Array.from({ length: count }, (_, at) => at % 10);
  for (const [part, count] of [
    ['train', 30],
    ['test', 20],
  ] as const) {
    writeFileSync(join(folder, named[`${part}Images`]), gzipSync(idxBytes([count, 28, 28], images(count))));
    writeFileSync(join(folder, named[`${part}Labels`]), gzipSync(idxBytes([count], labels(count))));
  }
  const options = { dataset: 'idx', files: named, classes: 10, split: { validation: 5 } };
  const { facts, files } = await runStage({ type: 'load-data', with: options, folder });
  expect(facts).toEqual({ inputShape: [28, 28, 1], classes: 10, counts: { train: 25, validation: 5, test: 20 } });
  expect([...(files.get('test-images.bin') ?? [])]).toEqual([...images(20)]);
});

test('images may have channels', async () => {
  writeFileSync(join(folder, tinyFiles.trainImages), idxBytes([120, 3, 4, 3], new Uint8Array(120 * 36)));
  writeFileSync(join(folder, tinyFiles.testImages), idxBytes([60, 3, 4, 3], new Uint8Array(60 * 36)));
  const { facts } = await runStage({ ...load, folder });
  expect(facts?.['inputShape']).toEqual([3, 4, 3]);
});

describe('a clear failure for', () => {
  const gzip = gzipSync(idxBytes([120], new Uint8Array(120)));
  const cases: [string, keyof typeof tinyFiles, Uint8Array, RegExp][] = [
    ['a text file', 'trainImages', Buffer.from('label,pixel\n'), /train-images.idx is no IDX file/],
    ['labels in place of images', 'trainImages', idxBytes([120], new Uint8Array(120)), /shape 120, and images are/],
    ['images in place of labels', 'testLabels', idxBytes([60, 6, 6], new Uint8Array(2160)), /labels are one list/],
    ['more labels than images', 'testLabels', idxBytes([61], new Uint8Array(61)), /61 labels for 60 images/],
    ['cut gzip', 'trainLabels', gzip.subarray(0, gzip.length - 9), /gzip data ends too early/],
    ['broken gzip', 'trainLabels', Buffer.from([0x1f, 0x8b, 1, 2, 3, 4]), /cannot be decompressed/],
    ['no images', 'testImages', idxBytes([0, 6, 6], new Uint8Array()), /holds no images/],
  ];
  test.each(cases)('%s', async (_, name, bytes, message) => {
    writeFileSync(join(folder, tinyFiles[name]), bytes);
    const { code, message: text, pointer } = await failureOf({ ...load, folder });
    expect(text).toMatch(message);
    expect({ code, pointer }).toEqual({ code: 'bad-option', pointer: `/with/files/${name}` });
  });

  test('a missing file', async () => {
    rmSync(join(folder, tinyFiles.testImages));
    const failure = await failureOf({ ...load, folder });
    expect(failure).toMatchObject({ code: 'input-missing', pointer: '/with/files/testImages' });
    expect(failure.message).toBe('test-images.idx is not there');
  });

  test('test images of another shape', async () => {
    writeFileSync(join(folder, tinyFiles.testImages), idxBytes([60, 4, 9], new Uint8Array(2160)));
    expect((await failureOf({ ...load, folder })).message).toMatch(/6 × 6 × 1, and the test images 4 × 9 × 1/);
  });

  test('a label beyond the classes', async () => {
    const failure = await failureOf({ ...load, with: { ...tinyOptions, classes: 2 }, folder });
    expect(failure).toMatchObject({ pointer: '/with/classes', hint: 'write `classes: 3`, or leave it out' });
  });

  test.each([
    ['validation', { validation: 121 }],
    ['train', { train: 100, validation: 40 }],
    ['test', { test: 61 }],
  ])('a split of too many %s images', async (part, split) => {
    expect(await failureOf({ ...load, with: { ...tinyOptions, split }, folder })).toMatchObject({
      code: 'bad-option',
      pointer: `/with/split/${part}`,
    });
  });
});
