import { expect, test } from '@jest/globals';
import type { JsonObject } from '../../src/base/json.ts';
import { scoreModels } from '../../src/stages/evaluate/scores.ts';
import type { Predictions } from '../../src/stages/evaluate/scores.ts';
import { temporaryFolder } from '../base/temporary-folder.ts';
import { checked, describeOf, failureOf, runStage } from './rig.ts';
import type { StageResult } from './rig.ts';
import { tinyDataset, tinyTeacher } from './tiny-data.ts';

const labels = [0, 1, 0, 1];

/** A model that chooses these classes. */
function choosing(name: string, classes: readonly number[]): Predictions {
  const logits = Float32Array.from(classes.flatMap((chosen) => (chosen === 0 ? [1, 0] : [0, 1])));
  return { name, parameters: 5, bytes: 20, splits: [{ name: 'validation', logits, labels }] };
}

test('a student is compared with its teacher, and with what it is without one', () => {
  const { metrics } = scoreModels(
    [choosing('teacher', [0, 1, 0, 1]), choosing('baseline', [0, 0, 0, 0]), choosing('student', [0, 1, 0, 0])],
    2,
  );
  expect(metrics['teacher']).toEqual({
    parameters: 5,
    bytes: 20,
    validation: {
      accuracy: 1,
      loss: expect.closeTo(Math.log(1 + Math.exp(-1)), 6),
      errors: 0,
      // Always right, and as sure as e/(1 + e).
      ece: expect.closeTo(1 / (1 + Math.E), 6),
      brier: expect.closeTo(2 / (1 + Math.E) ** 2, 6),
      recallPerClass: [1, 1],
    },
  });
  expect(metrics['baseline']?.['validation']).toMatchObject({ accuracy: 0.5, errors: 2, agreement: 0.5 });
  expect(metrics['baseline']?.['validation']).not.toHaveProperty('gapRecovered');
  expect(metrics['student']?.['validation']).toMatchObject({ accuracy: 0.75, agreement: 0.75, gapRecovered: 0.5 });
});

test('errors are shared with the teacher or new, and the baseline’s are mended or not', () => {
  const { metrics } = scoreModels(
    [choosing('teacher', [1, 1, 0, 1]), choosing('baseline', [1, 0, 0, 1]), choosing('student', [1, 1, 1, 1])],
    2,
  );
  const found = { errors: 2, errorsShared: 1, errorsNew: 1, errorsMended: 1, errorsMade: 1, recallPerClass: [0, 1] };
  expect(metrics['student']?.['validation']).toMatchObject(found);
  expect(metrics['baseline']?.['validation']).toMatchObject({ errors: 2, errorsShared: 1, errorsNew: 1 });
  expect(metrics['baseline']?.['validation']).not.toHaveProperty('errorsMended');
  expect(metrics['teacher']?.['validation']).not.toHaveProperty('errorsMended');
});

test('there is no gap to recover where the teacher is no better', () => {
  const same = [0, 1, 0, 0];
  const { metrics } = scoreModels(
    [choosing('teacher', same), choosing('baseline', same), choosing('student', labels)],
    2,
  );
  expect(metrics['student']?.['validation']).toHaveProperty('gapRecovered', null);
});

test('models of other names stand alone', () => {
  const { metrics } = scoreModels([choosing('mine', labels)], 2);
  expect(Object.keys(metrics['mine']?.['validation'] ?? {})).toEqual([
    'accuracy',
    'loss',
    'errors',
    'ece',
    'brier',
    'recallPerClass',
  ]);
});

test('the artifact has every figure, per class too', async () => {
  const data = await tinyDataset(temporaryFolder());
  const teacher = await runStage({ type: 'train-teacher', with: tinyTeacher, inputs: { data: data.artifact } });
  const inputs = { data: data.artifact, teacher: teacher.artifact, student: teacher.artifact };
  const result = await runStage({ type: 'evaluate', with: { splits: ['test'] }, inputs });
  expect(result.metrics['student']).toMatchObject({ test: { agreement: 1, klToTeacher: 0 } });
  expect(describeOf(result, 'evaluation.json')).toMatchObject({
    format: 'distill-pipeline/evaluation@1',
    classes: 3,
    models: { teacher: { bytes: teacher.files.get('weights.bin')?.length, splits: { test: { count: 60 } } } },
  });
});

test('the artifact has the logits of each model, and says of which images they are', async () => {
  const data = await tinyDataset(temporaryFolder());
  const teacher = await runStage({ type: 'train-teacher', with: tinyTeacher, inputs: { data: data.artifact } });
  const inputs = { data: data.artifact, teacher: teacher.artifact, 'student@width=4': teacher.artifact };
  const result = await runStage({ type: 'evaluate', inputs });
  const predicted = await runStage({
    type: 'predict-soft-labels',
    with: { splits: ['test'] },
    inputs: { data: data.artifact, teacher: teacher.artifact },
  });
  const { images, models } = describeOf(result, 'evaluation.json') as unknown as EvaluationJson;
  expect(images).toEqual({ validation: imagesOf(data, 'validation'), test: imagesOf(data, 'test') });
  expect(models['student@width=4']?.splits['validation']?.logits).toBe('logits/student@width=4/validation.bin');
  const logits = result.files.get(models['teacher']?.splits['test']?.logits ?? '');
  expect(logits).toHaveLength(60 * 3 * 4);
  expect(logits).toEqual(predicted.files.get('test-logits.bin'));
});

interface EvaluationJson {
  readonly images: unknown;
  readonly models: Readonly<Record<string, { readonly splits: Readonly<Record<string, { readonly logits: string }>> }>>;
}

function imagesOf(data: StageResult, split: string): unknown {
  const { splits } = describeOf(data, 'dataset.json') as { readonly splits: Readonly<Record<string, JsonObject>> };
  return { count: splits[split]?.['count'], sha256: splits[split]?.['imagesSha256'] };
}

test('nothing to measure on is a failure, not an empty result', async () => {
  const data = await tinyDataset(temporaryFolder(), { split: { validation: 0 } });
  const student = await runStage({ type: 'train-teacher', with: tinyTeacher, inputs: { data: data.artifact } });
  const inputs = { data: data.artifact, student: student.artifact };
  const failure = await failureOf({ type: 'evaluate', with: { splits: ['validation'] }, inputs });
  expect(failure).toMatchObject({ code: 'bad-option', pointer: '/with/splits' });
  const both = await runStage({ type: 'evaluate', inputs });
  expect(Object.keys(both.metrics['student'] ?? {})).toEqual(['parameters', 'bytes', 'test']);
});

test('planning tells of no model, and of one that takes other images', async () => {
  const data = { inputShape: [28, 28, 1], classes: 10 };
  expect((await checked('evaluate', {}, { data })).problems).toMatchObject([
    { code: 'missing-slot', pointer: '/needs' },
  ]);
  const student = { inputShape: [6, 6, 1], classes: 10, parameters: 1 };
  expect((await checked('evaluate', {}, { data, student })).problems).toMatchObject([
    {
      code: 'shape-mismatch',
      pointer: '/needs/student',
      message: expect.stringMatching(/^student takes.*\[6, 6, 1\]/),
    },
  ]);
});
