import { beforeAll, describe, expect, test } from '@jest/globals';
import { permuteOthers } from '../../src/stages/permute-soft-labels/permute.ts';
import { readSoftLabels } from '../../src/stages/artifacts/soft-labels.ts';
import { generator } from '../../src/tensor/random.ts';
import { temporaryFolder } from '../base/temporary-folder.ts';
import { checked, failureOf, runStage } from './rig.ts';
import type { StageResult } from './rig.ts';
import { tinyDataset, tinyTeacher } from './tiny-data.ts';

describe('the wrong classes', () => {
  const classes = 4;
  const count = 3000;
  const labels = Array.from({ length: count }, (_, row) => row % classes);
  const logits = Float32Array.from({ length: count * classes }, (_, index) => index);
  const permuted = permuteOthers(logits, { labels, classes }, generator(1, 'test'));

  test('are shuffled within their image, and the label keeps its logit', () => {
    labels.forEach((label, row) => {
      const [before, after] = [logits, permuted].map((all) => [...all.slice(row * classes, (row + 1) * classes)]);
      expect(after?.[label]).toBe(before?.[label]);
      expect(after?.sort((a, b) => a - b)).toEqual(before);
    });
  });

  test('stand in each order equally often', () => {
    // Of label 0: where the three others went.
    const orders = new Map<string, number>();
    for (let row = 0; row < count; row += classes) {
      const order = [1, 2, 3].map((index) => (permuted[row * classes + index] ?? 0) - row * classes).join('');
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect(orders.size).toBe(6);
    // 125 of 750 each, with a standard deviation of 10.
    for (const times of orders.values()) expect(Math.abs(times - 125)).toBeLessThan(45);
  });
});

describe('a run', () => {
  let data: StageResult;
  let softLabels: StageResult;
  beforeAll(async () => {
    data = await tinyDataset(temporaryFolder());
    const teacher = await runStage({ type: 'train-teacher', with: tinyTeacher, inputs: { data: data.artifact } });
    const inputs = { data: data.artifact, teacher: teacher.artifact };
    softLabels = await runStage({ type: 'predict-soft-labels', inputs });
  });

  test('is of the same images, with the same numbers in each row', async () => {
    const inputs = { data: data.artifact, softLabels: softLabels.artifact };
    const result = await runStage({ type: 'permute-soft-labels', inputs, seed: 3 });
    const [before, after] = [await readSoftLabels(softLabels.artifact), await readSoftLabels(result.artifact)];
    expect(Object.keys(after.splits)).toEqual(['train', 'validation']);
    expect(after.splits.train?.imagesSha256).toBe(before.splits.train?.imagesSha256);
    expect(after.splits.train?.logits).not.toEqual(before.splits.train?.logits);
    expect(after.splits.train?.logits.slice().sort()).toEqual(before.splits.train?.logits.slice().sort());
    expect(result.facts).toEqual(softLabels.facts);
    // A student takes them as it takes the teacher's own.
    const needs = { data: data.artifact, softLabels: result.artifact };
    const distillation = { method: 'hinton' };
    await runStage({ type: 'train-student', with: { ...tinyTeacher, distillation }, inputs: needs });
  });

  test('of other images is refused', async () => {
    const other = await tinyDataset(temporaryFolder(), { split: { validation: 40 }, validationFrom: 'end' });
    const inputs = { data: other.artifact, softLabels: softLabels.artifact };
    expect(await failureOf({ type: 'permute-soft-labels', inputs })).toMatchObject({
      code: 'bad-option',
      pointer: '/needs/softLabels',
    });
  });

  test('is told before it begins, as far as that is known', async () => {
    const facts = { classes: 3, counts: { train: 80 } };
    const problemsOf = async (data: { classes: number; counts: { train: number } }) =>
      (await checked('permute-soft-labels', {}, { data, softLabels: facts })).problems;
    expect(await problemsOf(facts)).toEqual([]);
    expect(await problemsOf({ ...facts, classes: 4 })).toMatchObject([
      { message: 'the soft labels are for 3 classes, and the data set has 4' },
    ]);
    expect(await problemsOf({ ...facts, counts: { train: 60 } })).toMatchObject([
      { message: 'the soft labels are for 80 train images, and the data set has 60' },
    ]);
  });
});
