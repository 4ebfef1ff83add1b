import { beforeAll, describe, expect, test } from '@jest/globals';
import { sha256 } from '../../../src/base/hash.ts';
import { loadMnist10k } from '../../../src/stages/load-data/mnist-10k.ts';
import { describeOf, runStage } from '../rig.ts';
import type { StageResult } from '../rig.ts';
import { missingMnist, readMnist } from './full-mnist.ts';

test('the package holds the digits that it is known for', async () => {
  const { images, labels, shape } = await loadMnist10k();
  expect(shape).toEqual([28, 28, 1]);
  expect(sha256(images)).toBe('0768d16c5adea568dee18fa5e4e1acb117e9ec2c5d6b1dffe5fc29c1e61c1eca');
  expect(countsOf(labels)).toEqual([1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]);
});

(missingMnist === undefined ? test : test.skip)(
  `every digit is one of MNIST's training images, with its label, and none is there twice${missingMnist ?? ''}`,
  async () => {
    const mnist = await readMnist();
    const labelOf = new Map(rows(mnist.images).map((image, index) => [image, mnist.labels[index]]));
    const { images, labels } = await loadMnist10k();
    const ours = rows(images);
    expect(new Set(ours).size).toBe(10_000);
    expect(ours.every((image, index) => labelOf.get(image) === labels[index])).toBe(true);
  },
);

describe('as a stage', () => {
  let whole: StageResult;
  beforeAll(async () => {
    whole = await runStage({ type: 'load-data', with: { dataset: 'mnist-10k' } });
  });

  test('splits 7000, 1000 and 2000 by class, and no image is in two parts', () => {
    const parts = ['train', 'validation', 'test'].map((name) => rows(bytes(whole, `${name}-images.bin`)));
    expect(parts.map(({ length }) => length)).toEqual([7000, 1000, 2000]);
    expect(new Set(parts.flat()).size).toBe(10_000);
    expect(countsOf(bytes(whole, 'validation-labels.bin'))).toEqual([100, 113, 99, 103, 98, 86, 102, 107, 94, 98]);
    expect(whole.facts).toEqual({
      inputShape: [28, 28, 1],
      classes: 10,
      counts: { train: 7000, validation: 1000, test: 2000 },
    });
  });

  test('is the same bytes on every machine', () => {
    const { splits } = describeOf(whole, 'dataset.json');
    const digests = Object.values(splits as Record<string, { imagesSha256: string }>).map(
      (split) => split.imagesSha256,
    );
    expect(digests).toEqual(KNOWN_SPLITS);
  });

  test('a smaller training part leaves the others as they are; the test part is what the seed says', async () => {
    const split = { train: 100, validation: 1000, test: 2000 };
    const fewer = await runStage({ type: 'load-data', with: { dataset: 'mnist-10k', split } });
    expect(sameBytes(fewer, whole, 'test-images.bin')).toBe(true);
    expect(sameBytes(fewer, whole, 'validation-images.bin')).toBe(true);
    const other = await runStage({ type: 'load-data', with: { dataset: 'mnist-10k', split, splitSeed: 1 } });
    expect(sameBytes(other, whole, 'test-images.bin')).toBe(false);
  });

  test('a part without images has no files', async () => {
    const split = { train: 10, validation: 0, test: 0 };
    const { artifact, files } = await runStage({ type: 'load-data', with: { dataset: 'mnist-10k', split } });
    expect(artifact.paths).toEqual(['dataset.json', 'train-images.bin', 'train-labels.bin']);
    expect(files.get('train-images.bin')).toHaveLength(10 * 784);
  });
});

const KNOWN_SPLITS = [
  '1c694db3b73849545870288054e303df5996c713fb9e085e91e018ae9372a628',
  '70b0e521049129fd1e1b9fe829a238d054fc85d651fa8a68f239384989a93697',
  '18cf1d0d2581693a3822c0124e62fa9e0efa67061c52e03997c379265c69aa82',
];

function bytes(result: StageResult, path: string): Uint8Array {
  return result.files.get(path) ?? new Uint8Array();
}

/** Jest's own comparison takes seconds for a million bytes. */
function sameBytes(first: StageResult, second: StageResult, path: string): boolean {
  return Buffer.compare(bytes(first, path), bytes(second, path)) === 0;
}

function rows(images: Uint8Array): string[] {
  return Array.from({ length: images.length / 784 }, (_, index) =>
    Buffer.from(images.subarray(index * 784, (index + 1) * 784)).toString('latin1'),
  );
}

function countsOf(labels: Uint8Array): number[] {
  return Array.from({ length: 10 }, (_, label) => labels.filter((value) => value === label).length);
}
