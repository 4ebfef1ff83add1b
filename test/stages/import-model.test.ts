import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import type { JsonObject } from '../../src/base/json.ts';
import { temporaryFolder } from '../base/temporary-folder.ts';
import { checked, describeOf, failureOf, runStage, stageType } from './rig.ts';
import type { StageResult } from './rig.ts';
import { tinyDataset, tinyTeacher } from './tiny-data.ts';

const folder = temporaryFolder();
let data: StageResult;
let model: StageResult;
let exported: StageResult;

beforeAll(async () => {
  data = await tinyDataset(temporaryFolder());
  model = await runStage({ type: 'train-teacher', with: tinyTeacher, inputs: { data: data.artifact } });
  const inputs = { data: data.artifact, model: model.artifact };
  exported = await runStage({ type: 'export-model', inputs });
  mkdirSync(join(folder, 'web'));
  for (const [path, bytes] of exported.files) writeFileSync(join(folder, 'web', path), bytes);
});

const files = { model: 'web/model.json', weights: 'web/group1-shard1of1.bin' };
const request = (options: JsonObject = {}) => ({
  type: 'import-model',
  with: { ...files, ...options },
  inputs: { data: data.artifact },
  folder,
});

test('what export-model wrote is read back: the same weights, and the same accuracy', async () => {
  const result = await runStage(request());
  expect(result.files.get('weights.bin')).toEqual(model.files.get('weights.bin'));
  expect(result.facts).toEqual(model.facts);
  const { validation } = result.metrics as Record<string, JsonObject>;
  expect(exported.metrics['validation']).toMatchObject(validation ?? {});
  expect(Object.keys(validation ?? {})).toEqual(['accuracy', 'loss']);
  expect(describeOf(result, 'architecture.json')['inputShape']).toEqual([6, 6, 1]);
});

test('it is a model as any other: it predicts soft labels', async () => {
  const { artifact } = await runStage({ ...request(), inputs: {} });
  const labels = await runStage({ type: 'predict-soft-labels', inputs: { data: data.artifact, teacher: artifact } });
  const own = await runStage({ type: 'predict-soft-labels', inputs: { data: data.artifact, teacher: model.artifact } });
  expect(labels.files.get('train-logits.bin')).toEqual(own.files.get('train-logits.bin'));
});

test('weights that are not named are asked for, with what to write', async () => {
  writeFileSync(join(folder, 'web', 'other.bin'), '');
  expect(await failureOf(request({ weights: 'web/other.bin' }))).toMatchObject({
    code: 'bad-option',
    pointer: '/with/weights',
    hint: 'write `weights: [web/group1-shard1of1.bin]`',
  });
});

test('what is missing, no JSON, or for other images is told', async () => {
  expect(await failureOf(request({ model: 'none.json' }))).toMatchObject({
    code: 'input-missing',
    pointer: '/with/model',
  });
  writeFileSync(join(folder, 'text.json'), 'text');
  expect((await failureOf(request({ model: 'text.json' }))).message).toBe('text.json is not JSON');
  const other = { ...data.artifact, facts: { inputShape: [8, 8, 1] } };
  expect(await failureOf({ ...request(), inputs: { data: other } })).toMatchObject({
    code: 'shape-mismatch',
    pointer: '/needs/data',
  });
});

test('files enter the key by content, shards by their names, too', async () => {
  const type = stageType('import-model');
  const options = { model: 'a/m.json', weights: ['a/one.bin', 'b/two.bin'], inputShape: [6, 6, 1] };
  expect(type.keyOptions?.(options)).toEqual({ inputShape: [6, 6, 1] });
  expect(type.externalFiles?.(options).map(({ name }) => name)).toEqual([
    'model',
    'weights/one.bin',
    'weights/two.bin',
  ]);
  const { problems } = await checked('import-model', { model: 'm.json', weights: ['a/one.bin', 'b/one.bin'] });
  expect(problems).toMatchObject([{ code: 'bad-option', pointer: '/with/weights/1' }]);
});
