import { beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../src/base/json.ts';
import { temporaryFolder } from '../base/temporary-folder.ts';
import { checked, complete, describeOf, failureOf, runStage } from './rig.ts';
import type { StageResult } from './rig.ts';
import { tinyDataset, tinyStudent, tinyTeacher } from './tiny-data.ts';

const SIZE = 36;
const data = { inputShape: [6, 6, 1], classes: 3, counts: { train: 80, validation: 40, test: 60 } };

let dataset: StageResult;
beforeAll(async () => {
  dataset = await tinyDataset(temporaryFolder());
});

function transform(options: JsonObject, seed = 0): Promise<StageResult> {
  return runStage({ type: 'transform-data', with: options, inputs: { data: dataset.artifact }, seed });
}

function bytes(result: StageResult, path: string): Buffer {
  return Buffer.from(result.files.get(path) ?? []);
}

function imagesOf(result: StageResult): Buffer[] {
  const images = bytes(result, 'train-images.bin');
  return Array.from({ length: images.length / SIZE }, (_, at) => images.subarray(at * SIZE, (at + 1) * SIZE));
}

describe('classes', () => {
  test.each<[string, JsonObject, readonly number[]]>([
    ['onlyClasses', { onlyClasses: [2, 0] }, [0, 2]],
    ['withoutClasses', { withoutClasses: 1 }, [0, 2]],
    ['one alone', { onlyClasses: 1 }, [1]],
  ])('%s: their training images stay, in their order, with their labels', async (_, options, kept) => {
    const result = await transform(options);
    const labels = [...bytes(dataset, 'train-labels.bin')];
    const stays = labels.flatMap((label, at) => (kept.includes(label) ? [at] : []));
    expect([...bytes(result, 'train-labels.bin')]).toEqual(stays.map((at) => labels[at]));
    expect(Buffer.concat(imagesOf(result))).toEqual(
      Buffer.concat(stays.map((at) => imagesOf(dataset)[at] ?? Buffer.of())),
    );
    expect(describeOf(result, 'dataset.json')).toMatchObject({
      classes: 3,
      splits: { train: { count: stays.length } },
    });
    expect(result.facts).toEqual({ ...data, counts: { ...data.counts, train: stays.length } });
    for (const path of ['validation-images.bin', 'validation-labels.bin', 'test-images.bin', 'test-labels.bin']) {
      expect(bytes(result, path)).toEqual(bytes(dataset, path));
    }
  });

  test('that no training image has leave nothing', async () => {
    const none = await transform({ withoutClasses: 2 });
    const options = { onlyClasses: 2 };
    expect(await failureOf({ type: 'transform-data', with: options, inputs: { data: none.artifact } })).toMatchObject({
      code: 'bad-option',
      message: 'no training image is left',
      pointer: '/with/onlyClasses',
    });
  });
});

describe('copies', () => {
  const options = { copies: 2, augmentation: { jitter: 1 } };

  test('come after the images as they are, each moved in its own way, with their labels', async () => {
    const result = await transform(options);
    const [before, after] = [imagesOf(dataset), imagesOf(result)];
    expect(after).toHaveLength(3 * 80);
    expect(Buffer.concat(after.slice(0, 80))).toEqual(Buffer.concat(before));
    expect(bytes(result, 'train-labels.bin')).toEqual(Buffer.concat(Array(3).fill(bytes(dataset, 'train-labels.bin'))));
    expect(result.facts).toEqual({ ...data, counts: { ...data.counts, train: 240 } });
    const moves = after.slice(80).map((image, at) => moveOf(before[at % 80] ?? Buffer.of(), image));
    expect(moves).not.toContain(undefined);
    expect(new Set(moves).size).toBe(9);
    expect(moves.slice(0, 80)).not.toEqual(moves.slice(80));
  });

  test('more of them leave the first ones as they were', async () => {
    const [two, three] = [await transform(options), await transform({ ...options, copies: 3 })];
    expect(Buffer.concat(imagesOf(three).slice(0, 240))).toEqual(Buffer.concat(imagesOf(two)));
  });

  test('are drawn from the seed', async () => {
    const other = await transform(options, 1);
    expect(Buffer.concat(imagesOf(other))).not.toEqual(Buffer.concat(imagesOf(await transform(options))));
  });

  test('of some classes only', async () => {
    const result = await transform({ ...options, onlyClasses: [1] });
    expect(new Set(bytes(result, 'train-labels.bin'))).toEqual(new Set([1]));
  });

  test('have soft labels of their own, and those of the images as they were do not fit', async () => {
    const inputs = { data: dataset.artifact };
    const teacher = await runStage({ type: 'train-teacher', with: { ...tinyTeacher, epochs: 1 }, inputs });
    const copies = await transform(options);
    const labelsOf = (images: StageResult): Promise<StageResult> =>
      runStage({ type: 'predict-soft-labels', inputs: { data: images.artifact, teacher: teacher.artifact } });
    const student = { ...tinyStudent, epochs: 1, distillation: { method: 'hinton' } };
    const fitting = await labelsOf(copies);
    const softLabels = fitting.artifact;
    const trained = await runStage({
      type: 'train-student',
      with: student,
      inputs: { data: copies.artifact, softLabels },
    });
    expect(trained.metrics['epochs']).toBe(1);
    // As many images as before, but moved otherwise.
    const others = await transform(options, 1);
    expect(
      await failureOf({ type: 'train-student', with: student, inputs: { data: others.artifact, softLabels } }),
    ).toMatchObject({
      pointer: '/needs/softLabels',
      message: expect.stringMatching(/for other train images/) as unknown,
    });
  });
});

/** Which move by a pixel at most makes the one of the other. */
function moveOf(before: Buffer, after: Buffer): string | undefined {
  for (const down of [-1, 0, 1]) {
    for (const right of [-1, 0, 1]) {
      const same = after.every((pixel, at) => {
        const [row, column] = [Math.floor(at / 6) - down, (at % 6) - right];
        const inside = row >= 0 && row < 6 && column >= 0 && column < 6;
        return pixel === (inside ? before[row * 6 + column] : 0);
      });
      if (same) return `${down} ${right}`;
    }
  }
  return undefined;
}

describe('options written out', () => {
  test('shorthands, orders and movements of no copies say nothing', async () => {
    const options = (written: JsonObject): Promise<JsonObject> => complete('transform-data', written);
    expect(await options({ onlyClasses: 3 })).toEqual(await options({ onlyClasses: [3], copies: 0 }));
    expect(await options({ onlyClasses: [8, 7] })).toEqual(await options({ onlyClasses: [7, 8] }));
    expect(await options({ copies: 0, augmentation: { jitter: 2 } })).toEqual(await options({}));
    expect(await options({ copies: 1, augmentation: { crop: 2, jitter: 0 } })).toEqual(
      await options({ copies: 1, augmentation: { crop: { padding: 2, fill: 'zero' } } }),
    );
  });

  test('what is known before it runs', async () => {
    const facts = async (written: JsonObject): Promise<unknown> =>
      (await checked('transform-data', written, { data })).facts;
    expect(await facts({ copies: 3, augmentation: { jitter: 1 } })).toMatchObject({ counts: { train: 320, test: 60 } });
    expect(await facts({ onlyClasses: 1 })).toEqual({ inputShape: [6, 6, 1], classes: 3 });
    expect((await checked('transform-data', {}, {})).facts).toEqual({});
  });
});

describe('problems that planning tells', () => {
  test.each<[string, JsonObject, string, RegExp]>([
    ['both lists', { onlyClasses: 1, withoutClasses: 2 }, '/with/withoutClasses', /both say which classes stay/],
    ['an unknown class', { withoutClasses: [1, 3] }, '/with/withoutClasses', /no class 3: the data set has 3/],
    ['no class', { withoutClasses: [0, 1, 2] }, '/with/withoutClasses', /no class is left/],
    ['copies that are not moved', { copies: 1 }, '/with/copies', /needs `augmentation`/],
    ['movements of nothing', { augmentation: { jitter: 1 } }, '/with/augmentation', /does not say how many/],
    ['too far', { copies: 1, augmentation: { jitter: 6 } }, '/with/augmentation/jitter', /out of its own frame/],
  ])('%s', async (_, written, pointer, message) => {
    const { problems } = await checked('transform-data', written, { data });
    expect(problems.map((problem) => problem.pointer)).toEqual([pointer]);
    expect(problems[0]?.message).toMatch(message);
  });
});
