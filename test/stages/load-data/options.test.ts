import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../src/base/json.ts';
import { checked, complete, stageType } from '../rig.ts';
import { tinyFiles } from '../tiny-data.ts';

async function keyOf(written: JsonObject): Promise<JsonObject | undefined> {
  return stageType('load-data').keyOptions?.(await complete('load-data', written));
}

describe('what enters the key', () => {
  test('a split that is left out and the same written out are one', async () => {
    const split = { train: 7000, validation: 1000, test: 2000 };
    expect(await keyOf({ dataset: 'mnist-10k' })).toEqual(await keyOf({ dataset: 'mnist-10k', split }));
    expect(await keyOf({ dataset: 'mnist', split: { validation: 5000 } })).toEqual(
      await keyOf({ dataset: 'mnist', split: { train: 55_000, validation: 5000, test: 10_000 } }),
    );
  });

  test('not where the files lie', async () => {
    const here = await keyOf({ dataset: 'mnist', folder: 'here', mirrors: [] });
    expect(here).toEqual(await keyOf({ dataset: 'mnist', folder: 'there' }));
    expect(here).toEqual({ dataset: 'mnist', scale: 'unit', split: { train: 60_000, validation: 0, test: 10_000 } });
    expect(await keyOf({ dataset: 'idx', files: tinyFiles })).not.toHaveProperty('files');
  });

  test('the seed of a split where one is drawn, and only there', async () => {
    expect(await keyOf({ dataset: 'mnist-10k' })).toHaveProperty('splitSeed', 0);
    const mnist = { dataset: 'mnist', split: { validation: 10 } };
    expect(await keyOf(mnist)).not.toHaveProperty('splitSeed');
    expect(await keyOf(mnist)).toHaveProperty('validationFrom', 'end');
    expect(await keyOf({ ...mnist, validationFrom: 'stratified' })).toHaveProperty('splitSeed', 0);
  });

  test("the content of a person's own files", async () => {
    const options = await complete('load-data', { dataset: 'idx', files: tinyFiles });
    expect(stageType('load-data').externalFiles?.(options)).toContainEqual({
      name: 'testLabels',
      path: 'test-labels.idx',
      pointer: '/with/files/testLabels',
    });
    expect(stageType('load-data').externalFiles?.(await complete('load-data', { dataset: 'mnist' }))).toEqual([]);
  });
});

describe('what is known before anything runs', () => {
  const facts = { inputShape: [28, 28, 1], classes: 10 };
  test.each<[string, JsonObject, JsonObject]>([
    ['mnist-10k', { dataset: 'mnist-10k' }, { ...facts, counts: { train: 7000, validation: 1000, test: 2000 } }],
    ['mnist', { dataset: 'mnist' }, { ...facts, counts: { train: 60_000, validation: 0, test: 10_000 } }],
    ['idx', { dataset: 'idx', files: tinyFiles }, {}],
    ['idx with its classes', { dataset: 'idx', files: tinyFiles, classes: 3 }, { classes: 3 }],
  ])('of %s', async (_, written, known) => {
    expect(await checked('load-data', written)).toEqual({ problems: [], facts: known });
  });
});

describe('problems', () => {
  test.each<[string, JsonObject, string, RegExp]>([
    [
      'a folder for mnist-10k',
      { dataset: 'mnist-10k', folder: 'x' },
      '/with/folder',
      /for the data sets mnist, cifar-10, cifar-100, cifar-100-coarse, not/,
    ],
    ['files for mnist', { dataset: 'mnist', files: tinyFiles }, '/with/files', /for the data set idx, not for mnist/],
    [
      'classes for mnist',
      { dataset: 'mnist', classes: 10 },
      '/with/classes',
      /for the data sets idx, csv, not for mnist/,
    ],
    ['idx without files', { dataset: 'idx' }, '/with/dataset', /needs `files`/],
    ['half a split', { dataset: 'mnist-10k', split: { train: 9 } }, '/with/split', /lacks validation and test/],
    [
      'a split of more than there is',
      { dataset: 'mnist-10k', split: { train: 9000, validation: 1000, test: 1 } },
      '/with/split',
      /asks for 10001 images, and mnist-10k has 10000/,
    ],
    ['too much to train on', { dataset: 'mnist', split: { train: 60_000, validation: 1 } }, '/with/split', /60001/],
    ['nothing to train on', { dataset: 'mnist', split: { validation: 60_000 } }, '/with/split', /60001/],
    ['too many to test', { dataset: 'mnist', split: { test: 10_001 } }, '/with/split/test', /10000 test images/],
  ])('%s', async (_, written, pointer, message) => {
    const { problems } = await checked('load-data', written);
    expect(problems.map((problem) => problem.pointer)).toEqual([pointer]);
    expect(problems[0]?.message).toMatch(message);
  });

  test('a mirror without HTTPS', async () => {
    await expect(complete('load-data', { dataset: 'mnist', mirrors: ['http://example.org/'] })).rejects.toThrow(
      '/mirrors/0',
    );
  });
});
