import { beforeAll, expect, test } from '@jest/globals';
import type { JsonObject } from '../../src/base/json.ts';
import { temporaryFolder } from '../base/temporary-folder.ts';
import { checked, describeOf, failureOf, runStage } from './rig.ts';
import type { StageResult } from './rig.ts';
import { tinyDataset, tinyTeacher } from './tiny-data.ts';

let data: StageResult;
let model: StageResult;

beforeAll(async () => {
  data = await tinyDataset(temporaryFolder());
  model = await runStage({ type: 'train-teacher', with: tinyTeacher, inputs: { data: data.artifact } });
});

const request = (options: JsonObject = {}) => ({
  type: 'export-model',
  with: options,
  inputs: { data: data.artifact, model: model.artifact },
});
const text = (result: StageResult, path: string): string => Buffer.from(result.files.get(path) ?? []).toString('utf8');

test('without quantisation nothing changes, and the weights are the same bytes', async () => {
  const result = await runStage(request());
  expect(result.files.get('group1-shard1of1.bin')).toEqual(model.files.get('weights.bin'));
  expect(describeOf(result, 'model.json')).toMatchObject({
    format: 'layers-model',
    weightsManifest: [{ paths: ['group1-shard1of1.bin'] }],
    userDefinedMetadata: { inputScale: 1 / 255 },
  });
  const { validation, original } = result.metrics as Record<string, JsonObject>;
  expect(validation).toMatchObject({ agreement: 1, klToOriginal: 0 });
  expect(validation).toMatchObject(original?.['validation'] as JsonObject);
});

test('quantised, it is smaller, and measured as what a reader of the files gets', async () => {
  const result = await runStage(request({ quantization: 'uint8', splits: ['validation', 'test'] }));
  const bytes = result.files.get('group1-shard1of1.bin')?.length;
  expect(result.metrics).toMatchObject({
    bytes,
    parameters: 151,
    original: { bytes: 604, test: { accuracy: expect.any(Number) } },
    validation: { accuracy: expect.any(Number), agreement: expect.any(Number), klToOriginal: expect.any(Number) },
  });
  // Kernels of 36 and 108 numbers in a byte each, 7 biases in four.
  expect(bytes).toBe(36 + 108 + 4 * 7);
  const { validation } = result.metrics as Record<string, { klToOriginal: number }>;
  expect(validation?.klToOriginal).toBeGreaterThan(0);
  expect(validation?.klToOriginal).toBeLessThan(0.01);
});

test('the page has the model and a sample of each class in a script of its own', async () => {
  const result = await runStage(request({ quantization: 'uint16' }));
  const [, json = '{}'] = /^globalThis\.exportedModel = (.*);\n$/.exec(text(result, 'page-model.js')) ?? [];
  const content = JSON.parse(json) as {
    weights: string;
    modelJson: unknown;
    samples: { label: number; pixels: string }[];
  };
  expect(content.modelJson).toEqual(describeOf(result, 'model.json'));
  expect(Buffer.from(content.weights, 'base64')).toEqual(result.files.get('group1-shard1of1.bin'));
  expect(content.samples.map(({ label }) => label)).toEqual([0, 1, 2]);
  const images = Buffer.from(data.files.get('validation-images.bin') ?? []);
  for (const { pixels } of content.samples) expect(images.includes(Buffer.from(pixels, 'base64'))).toBe(true);
  expect(text(result, 'index.html')).toContain('<script src="page-model.js">');
  expect(text(result, 'page.js')).toContain('Copyright');
  expect(text(result, 'README.md')).toMatch(/kernels are uint16[^]*index\.html/);
});

test('without the page there is none', async () => {
  const result = await runStage(request({ page: false }));
  expect([...result.files.keys()].sort()).toEqual(['README.md', 'group1-shard1of1.bin', 'model.json']);
  expect(text(result, 'README.md')).not.toContain('index.html');
});

test('what it cannot be measured on is refused', async () => {
  const empty = await tinyDataset(temporaryFolder(), { split: { validation: 0 } });
  const failure = await failureOf({ ...request(), inputs: { data: empty.artifact, model: model.artifact } });
  expect(failure).toMatchObject({ code: 'bad-option', pointer: '/with/splits' });
  const { problems } = await checked(
    'export-model',
    {},
    { data: { inputShape: [8, 8, 1] }, model: { inputShape: [6, 6, 1] } },
  );
  expect(problems).toMatchObject([{ code: 'shape-mismatch', pointer: '/needs/model' }]);
});
