import { beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../src/base/json.ts';
import { temporaryFolder } from '../base/temporary-folder.ts';
import { checked, failureOf, runStage, sameFiles } from './rig.ts';
import type { StageResult } from './rig.ts';
import { tinyDataset, tinyTeacher } from './tiny-data.ts';

const CLASSES = 3;
let dataset: StageResult;
let one: StageResult;
let other: StageResult;

beforeAll(async () => {
  dataset = await tinyDataset(temporaryFolder());
  [one, other] = [await softLabelsOf(1), await softLabelsOf(2)] as [StageResult, StageResult];
});

async function softLabelsOf(seed: number, data = dataset): Promise<StageResult> {
  const inputs = { data: data.artifact };
  const teacher = await runStage({ type: 'train-teacher', with: tinyTeacher, inputs, seed });
  return runStage({ type: 'predict-soft-labels', inputs: { ...inputs, teacher: teacher.artifact } });
}

const combine = (options: JsonObject = {}): Promise<StageResult> =>
  runStage({ type: 'combine-soft-labels', with: options, inputs: { one: one.artifact, other: other.artifact } });

describe('soft labels of several teachers', () => {
  test('are the mean of their logits, by weights', async () => {
    const [a, b] = [logitsOf(one), logitsOf(other)];
    expectNear(logitsOf(await combine()), (index) => (at(a, index) + at(b, index)) / 2);
    expectNear(logitsOf(await combine({ weights: { one: 3 } })), (index) => (3 * at(a, index) + at(b, index)) / 4);
    expectNear(logitsOf(await combine({ weights: { one: 0 } })), (index) => at(b, index));
  });

  test.each([1, 4])('or the mean of their probabilities at temperature %d', async (temperature) => {
    const made = await combine({ average: 'probabilities', temperature, weights: { one: 1, other: 3 } });
    const [mean, a, b] = [made, one, other].map((result) => softmaxes(logitsOf(result), temperature));
    expectNear(mean ?? [], (index) => 0.25 * at(a, index) + 0.75 * at(b, index), 1e-6);
  });

  test('say how often the teachers agree, and are soft labels like any other', async () => {
    const made = await combine();
    const [a, b] = [one, other].map((result) => classesOf(logitsOf(result)));
    const same = (a ?? []).filter((told, index) => told === b?.[index]).length;
    expect(made.metrics).toMatchObject({
      teachers: 2,
      images: { train: 80, validation: 40 },
      agreement: { train: same / 80 },
    });
    expect(made.facts).toEqual(one.facts);
    const student = await runStage({
      type: 'train-student',
      with: { ...tinyTeacher, distillation: { method: 'hinton' } },
      inputs: { data: dataset.artifact, softLabels: made.artifact },
    });
    expect(student.metrics['epochs']).toBeGreaterThan(0);
  });

  test('are the same in whatever order the teachers are written', async () => {
    const turned = await runStage({
      type: 'combine-soft-labels',
      inputs: { other: other.artifact, one: one.artifact },
    });
    expect(sameFiles(turned, await combine())).toBe(true);
  });

  test('are of the parts that all teachers have looked at', async () => {
    const teacher = await runStage({ type: 'train-teacher', with: tinyTeacher, inputs: { data: dataset.artifact } });
    const inputs = { data: dataset.artifact, teacher: teacher.artifact };
    const some = await runStage({ type: 'predict-soft-labels', with: { splits: ['train', 'test'] }, inputs });
    const made = await runStage({
      type: 'combine-soft-labels',
      inputs: { one: one.artifact, some: some.artifact },
    });
    expect(Object.keys(made.metrics['images'] as JsonObject)).toEqual(['train']);
    expect(made.facts).toMatchObject({ counts: { train: 80 } });
  });

  test('a certain teacher leaves the others their say in small probabilities', async () => {
    // Of 200 nats, where the softmax itself is 0.
    const made = await combine({ average: 'probabilities', temperature: 0.01 });
    expect(logitsOf(made).every(Number.isFinite)).toBe(true);
  });

  test('of other images are refused', async () => {
    const elsewhere = await softLabelsOf(
      1,
      await tinyDataset(temporaryFolder(), { split: { train: 79, validation: 41, test: 40 } }),
    );
    const inputs = { one: one.artifact, elsewhere: elsewhere.artifact };
    expect(await failureOf({ type: 'combine-soft-labels', inputs })).toMatchObject({
      code: 'bad-option',
      pointer: '/needs/elsewhere',
    });
    // Where nothing is known before, the content tells.
    const unknown = { one: { ...one.artifact, facts: {} }, elsewhere: { ...elsewhere.artifact, facts: {} } };
    const failure = await failureOf({ type: 'combine-soft-labels', inputs: unknown });
    expect(failure.message).toMatch(/^one is for other train images than elsewhere/);
  });
});

describe('planning tells', () => {
  const known = { classes: 3, counts: { train: 80 } };
  test.each<[string, JsonObject, Record<string, JsonObject | undefined>, string, RegExp]>([
    ['that there is no teacher', {}, {}, '/needs', /is given none/],
    ['of a weight for nobody', { weights: { bg: 2 } }, { big: known, small: known }, '/with/weights/bg', /"bg"/],
    ['of weights that are all 0', { weights: { big: 0 } }, { big: known }, '/with/weights', /above 0/],
    ['of a temperature without effect', { temperature: 4 }, { big: known }, '/with/temperature', /every temperature/],
    ['of other classes', {}, { big: known, small: { ...known, classes: 10 } }, '/needs/small', /for 10 classes/],
    [
      'of other images',
      {},
      { big: known, 'small@seed=1': { ...known, counts: { train: 7 } } },
      '/needs/small',
      /for 7 train images/,
    ],
    ['of other parts', {}, { big: known, small: { classes: 3, counts: { test: 80 } } }, '/needs/small', /other parts/],
  ])('%s', async (_, options, inputs, pointer, message) => {
    const { problems } = await checked('combine-soft-labels', options, inputs);
    expect(problems.map((problem) => problem.pointer)).toEqual([pointer]);
    expect(problems[0]?.message).toMatch(message);
  });

  test('nothing where nothing is known, and gathered teachers have the weight of their slot', async () => {
    const inputs = { 'big@seed=1': undefined, 'big@seed=2': undefined };
    expect(await checked('combine-soft-labels', { weights: { big: 2 } }, inputs)).toEqual({ problems: [], facts: {} });
  });
});

function logitsOf(result: StageResult, split = 'train'): number[] {
  const bytes = result.files.get(`${split}-logits.bin`) ?? new Uint8Array();
  return Array.from(new Float32Array(new Uint8Array(bytes).buffer));
}

function rows(values: readonly number[]): number[][] {
  return Array.from({ length: values.length / CLASSES }, (_, row) => values.slice(row * CLASSES, (row + 1) * CLASSES));
}

function softmaxes(logits: readonly number[], temperature: number): number[] {
  return rows(logits).flatMap((row) => {
    const parts = row.map((logit) => Math.exp((logit - Math.max(...row)) / temperature));
    return parts.map((part) => part / parts.reduce((sum, each) => sum + each, 0));
  });
}

function classesOf(logits: readonly number[]): number[] {
  return rows(logits).map((row) => row.indexOf(Math.max(...row)));
}

function expectNear(actual: readonly number[], expected: (index: number) => number, tolerance = 1e-5): void {
  expect(actual.length).toBe(80 * CLASSES);
  const off = actual.map((value, index) => Math.abs(value - expected(index)));
  expect(Math.max(...off)).toBeLessThan(tolerance);
}

function at(values: readonly number[] | undefined, index: number): number {
  return values?.[index] ?? NaN;
}
