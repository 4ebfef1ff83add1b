/** Against what TensorFlow itself said of the same images (test/fixtures/saved-model/make.py). */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../src/base/json.ts';
import { fitImages } from '../../src/stages/predict-saved-model/fit.ts';
import { memory } from '../../src/tensor/tf.ts';
import { temporaryFolder } from '../base/temporary-folder.ts';
import { testedBackend } from '../tested-backend.ts';
import { checked, failureOf, runStage, sameFiles, stageType } from './rig.ts';
import type { StageResult } from './rig.ts';
import { idxBytes } from './tiny-data.ts';

const fixtures = join(import.meta.dirname, '../fixtures/saved-model');
const expected = JSON.parse(readFileSync(join(fixtures, 'expected.json'), 'utf8')) as Record<
  'keras' | 'odd',
  readonly (readonly number[])[]
>;

describe('how images fit what a model takes', () => {
  const image = [28, 24, 1];
  const shapeFor = (takes: readonly (number | null)[] | undefined, layout: 'channelsLast' | 'channelsFirst') => {
    const fit = fitImages(image, takes, layout);
    return fit.ok ? fit.value : fit.error.message;
  };

  test.each([
    [undefined, [28, 24, 1]],
    [
      [null, 28, 24, 1],
      [28, 24, 1],
    ],
    [
      [null, null, null, 1],
      [28, 24, 1],
    ],
    [
      [null, 28, 24],
      [28, 24],
    ],
    [
      [null, null, null],
      [28, 24],
    ],
    [[null, 672], [672]],
    [[null, null], [672]],
    [
      [null, 28, 24, 1, 1],
      [28, 24, 1, 1],
    ],
  ])('%j is given %j', (takes, shape) => {
    expect(shapeFor(takes, 'channelsLast')).toEqual({ shape, batch: undefined });
  });

  test('a batch of one size is told, and channels go first where that is asked for', () => {
    expect(shapeFor([32, 1, 28, 24], 'channelsFirst')).toEqual({ shape: [1, 28, 24], batch: 32 });
  });

  test('what does not fit is told, with the layout that would', () => {
    expect(shapeFor([null, 28, 28, 1], 'channelsLast')).toBe(
      "takes images of [28, 28, 1], and the data set's are [28, 24, 1]",
    );
    expect(fitImages([32, 32, 3], [null, 3, 32, 32], 'channelsLast')).toMatchObject({
      ok: false,
      error: { hint: 'write `layout: channelsFirst`' },
    });
    expect(fitImages([32, 32, 3], [null, 32, 32, 3], 'channelsFirst')).toMatchObject({
      ok: false,
      error: { hint: 'write `layout: channelsLast`' },
    });
    // Equal axes are moved, never taken for one another.
    expect(fitImages([24, 28, 1], [null, 28, 24, 1], 'channelsLast').ok).toBe(false);
  });
});

test('the model enters the key by the files in its folder, a mean by channel or for all as a list', async () => {
  const type = stageType('predict-saved-model');
  expect(type.keyOptions?.({ model: 'a', layout: 'channelsLast' })).toEqual({ layout: 'channelsLast' });
  expect(type.externalFiles?.({ model: 'a' })).toEqual([
    { name: 'model', path: 'a', pointer: '/with/model', isFolder: true },
  ]);
  expect(type.normalize?.({ model: 'a', normalize: { mean: 0.5, std: [1, 2] } })).toEqual({
    model: 'a',
    normalize: { mean: [0.5], std: [1, 2] },
  });
  const options = { model: 'a', normalize: { mean: [0.5, 0.5], std: 1 } };
  const { problems } = await checked('predict-saved-model', options, { data: { inputShape: [6, 6, 3] } });
  expect(problems).toMatchObject([{ code: 'shape-mismatch', pointer: '/with/normalize/mean' }]);
});

(testedBackend === 'native' ? describe : describe.skip)('a model of others (npm run test:native)', () => {
  const folder = temporaryFolder();
  const teacher = join(folder, 'teacher');
  let images: StageResult;
  let pairs: StageResult;

  const request = (model: string, options: JsonObject = {}, data = images) => ({
    type: 'predict-saved-model',
    with: { model: `teacher/${model}`, splits: ['train', 'test'], ...options },
    inputs: { data: data.artifact },
    folder,
  });

  /** The logits of all splits, one after the other. */
  const logitsOf = (result: StageResult, ...splits: string[]): number[] =>
    splits.flatMap((split) => {
      const bytes = result.files.get(`${split}-logits.bin`) ?? new Uint8Array();
      return [...new Float32Array(new Uint8Array(bytes).buffer)];
    });

  const furthest = (one: readonly number[], other: readonly number[]): number => {
    expect(one).toHaveLength(other.length);
    return Math.max(...one.map((value, index) => Math.abs(value - (other[index] ?? NaN))));
  };

  beforeAll(async () => {
    cpSync(fixtures, teacher, { recursive: true });
    const pixels = new Uint8Array(40 * 36).map((_, at) => {
      const [i, j] = [Math.floor(at / 36), at % 36];
      return (i * 89 + j * 37 + i * j * 11) % 256;
    });
    const labels = Uint8Array.from(expected.keras, (row) => row.indexOf(Math.max(...row)));
    images = await dataset(pixels, { shape: [6, 6], labels, train: 25 });
    // Two channels, last here, of what the model takes with its channels first.
    const last = pixels.map((_, at) => pixels[at - (at % 72) + (at % 2) * 36 + Math.floor((at % 72) / 2)] ?? 0);
    const chosen = Uint8Array.from(expected.odd, (row) => row.indexOf(Math.max(...row)));
    pairs = await dataset(last, { shape: [6, 6, 2], labels: chosen, train: 18 });
  });

  async function dataset(
    pixels: Uint8Array,
    { shape, labels, train }: { shape: readonly number[]; labels: Uint8Array; train: number },
  ): Promise<StageResult> {
    const size = shape.reduce((product, next) => product * next, 1);
    const own = temporaryFolder();
    const write = (name: string, bytes: Uint8Array): void => {
      writeFileSync(join(own, name), bytes);
    };
    if (shape.length === 2) {
      write('a', idxBytes([train, ...shape], pixels.subarray(0, train * size)));
      write('b', idxBytes([train], labels.subarray(0, train)));
      write('c', idxBytes([labels.length - train, ...shape], pixels.subarray(train * size)));
      write('d', idxBytes([labels.length - train], labels.subarray(train)));
      const files = { trainImages: 'a', trainLabels: 'b', testImages: 'c', testLabels: 'd' };
      return runStage({ type: 'load-data', with: { dataset: 'idx', files, classes: 3 }, folder: own });
    }
    const lines = [...labels].map((label, row) => [label, ...pixels.subarray(row * size, (row + 1) * size)].join(','));
    const header = ['label', ...Array.from({ length: size }, (_, at) => `p${at}`)].join(',');
    write('train.csv', Buffer.from([header, ...lines.slice(0, train)].join('\n')));
    write('test.csv', Buffer.from([header, ...lines.slice(train)].join('\n')));
    const csv = { train: 'train.csv', test: 'test.csv', label: 'label', shape: [...shape] };
    return runStage({ type: 'load-data', with: { dataset: 'csv', csv, classes: 3 }, folder: own });
  }

  test.each(['keras', 'graph'])(
    '%s says what Keras said, in any batches, and leaves no tensor behind',
    async (model) => {
      const all = await runStage(request(model));
      expect(furthest(logitsOf(all, 'train', 'test'), expected.keras.flat())).toBeLessThan(1e-5);
      expect(all.facts).toEqual({ classes: 3, counts: { train: 25, test: 15 } });
      expect(all.metrics).toEqual({ images: { train: 25, test: 15 }, accuracy: { train: 1, test: 1 } });
      expect(all.events.filter(({ type }) => type === 'stage-note')).toEqual([]);
      const before = memory().numTensors;
      const seven = await runStage(request(model, { batchSize: 7 }));
      expect(memory().numTensors).toBe(before);
      expect(furthest(logitsOf(seven, 'train', 'test'), expected.keras.flat())).toBeLessThan(1e-5);
      expect(sameFiles(all, await runStage(request(model)))).toBe(true);
    },
  );

  test('bytes, channels first, four at a time, and probabilities of one of two outputs', async () => {
    const options = { output: 'chances', layout: 'channelsFirst', values: 'probabilities' };
    const result = await runStage(request('odd', options, pairs));
    const logits = logitsOf(result, 'train', 'test');
    expect(furthest(logits.map(Math.exp), expected.odd.flat())).toBeLessThan(1e-5);
    expect(result.metrics['accuracy']).toEqual({ train: 1, test: 1 });
  });

  test('pixels of another range or scale are made what the model was trained on', async () => {
    const plain = logitsOf(await runStage(request('keras')), 'train');
    // (x/255 − 0)/1, and x/127.5 − 1 put back to where it was.
    const back = { pixels: 'signed', normalize: { mean: -1, std: 2 } };
    expect(furthest(logitsOf(await runStage(request('keras', back)), 'train'), plain)).toBeLessThan(1e-4);
    const raw = { pixels: 'raw', normalize: { mean: 0, std: 255 } };
    expect(furthest(logitsOf(await runStage(request('keras', raw)), 'train'), plain)).toBeLessThan(1e-4);
    expect(furthest(logitsOf(await runStage(request('keras', { pixels: 'raw' })), 'train'), plain)).toBeGreaterThan(1);
  });

  test.each<[string, string, JsonObject, Record<string, unknown>]>([
    [
      'an unknown signature',
      'keras',
      { signature: 'none' },
      { pointer: '/with/signature', hint: 'it has serve, serving_default' },
    ],
    ['an unknown input', 'graph', { input: 'none' }, { pointer: '/with/input', hint: 'it has image' }],
    ['several outputs', 'odd', {}, { pointer: '/with/output', hint: 'name the one that is meant: `output: chances`' }],
    [
      'an output that is none of classes',
      'odd',
      { output: 'features', layout: 'channelsFirst' },
      { pointer: '/needs/data' },
    ],
    ['the other layout', 'odd', { output: 'chances' }, { hint: 'write `layout: channelsFirst`' }],
    [
      'fractions where bytes are taken',
      'odd',
      { output: 'chances', layout: 'channelsFirst', pixels: 'unit' },
      { pointer: '/with/pixels' },
    ],
    [
      'probabilities that are taken for logits',
      'odd',
      { output: 'chances', layout: 'channelsFirst' },
      { hint: 'write `values: probabilities`, and their logarithms are taken' },
    ],
  ])('%s is told', async (_, model, options, failure) => {
    expect(await failureOf(request(model, options, model === 'odd' ? pairs : images))).toMatchObject({
      code: 'bad-option',
      ...failure,
    });
  });

  test('other images, and a model that is damaged, of layers, or none, are told', async () => {
    expect((await failureOf(request('keras', {}, pairs))).message).toBe(
      "teacher/keras takes images of [6, 6, 1], and the data set's are [6, 6, 2]",
    );
    const put = (name: string, file: string, text: string): void => {
      mkdirSync(join(teacher, name), { recursive: true });
      writeFileSync(join(teacher, name, file), text);
    };
    put('empty', 'readme.txt', '');
    expect((await failureOf(request('empty'))).message).toMatch(/holds neither a SavedModel/);
    put('damaged', 'saved_model.pb', 'no model');
    expect((await failureOf(request('damaged'))).message).toMatch(/^teacher\/damaged has /);
    put('layers', 'model.json', JSON.stringify({ format: 'layers-model' }));
    expect((await failureOf(request('layers'))).hint).toMatch(/import-model/);
    cpSync(join(teacher, 'keras'), join(teacher, 'torn'), { recursive: true });
    rmSync(join(teacher, 'torn/variables/variables.data-00000-of-00001'));
    expect((await failureOf(request('torn'))).message).toMatch(/^teacher\/torn is not loaded by TensorFlow: /);
    rmSync(join(teacher, 'torn/variables'), { recursive: true });
    expect((await failureOf(request('torn'))).hint).toBe('is `variables/` in its folder?');
    const json = readFileSync(join(teacher, 'graph/model.json'), 'utf8');
    put('outside', 'model.json', json.replace('group1-shard1of1.bin', '../graph/group1-shard1of1.bin'));
    expect((await failureOf(request('outside'))).message).toMatch(/has weights outside of its folder/);
    put('lacking', 'model.json', json);
    expect((await failureOf(request('lacking'))).message).toMatch(/lacks the file group1-shard1of1\.bin/);
  });

  test('a cancelled run ends', async () => {
    const reason = new Error('cancelled by the test');
    await expect(runStage({ ...request('keras'), signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
