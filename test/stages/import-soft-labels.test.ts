import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../src/base/json.ts';
import { generator } from '../../src/tensor/random.ts';
import { orderEvidence } from '../../src/stages/given-logits/order.ts';
import { parseTable } from '../../src/stages/import-soft-labels/parse-table.ts';
import { temporaryFolder } from '../base/temporary-folder.ts';
import { checked, describeOf, failureOf, runStage } from './rig.ts';
import type { StageResult } from './rig.ts';
import { tinyDataset, tinyTeacher } from './tiny-data.ts';

const npy = (name: string): Uint8Array => readFileSync(join('test/fixtures/npy', name));
const table = Array.from({ length: 12 }, (_, index) => index / 4 - 1);

describe('.npy files, as NumPy writes them', () => {
  test.each(['float32', 'float64', 'big-endian', 'columns-first', 'version-2'])('%s', (name) => {
    const parsed = parseTable(npy(`${name}.npy`));
    expect(parsed).toEqual({ ok: true, value: { shape: [4, 3], values: Float64Array.from(table) } });
  });

  test.each(['labels', 'bytes'])('whole numbers: %s', (name) => {
    expect(parseTable(npy(`${name}.npy`))).toEqual({
      ok: true,
      value: { shape: [4], values: Float64Array.of(2, 0, 1, 2) },
    });
  });

  test.each([
    ['float16.npy', /<f2, and float32, float64/],
    ['cube.npy', /shape \[2, 2, 3\]/],
  ])('%s is refused in words', (name, message) => {
    expect(parseTable(npy(name))).toMatchObject({ ok: false, error: expect.stringMatching(message) as unknown });
  });

  test('cut short at any byte, it is refused', () => {
    const whole = npy('float32.npy');
    for (let length = 0; length < whole.length; length++) {
      expect(parseTable(whole.subarray(0, length)).ok).toBe(false);
    }
  });
});

describe('CSV', () => {
  const csv = (text: string) => parseTable(new TextEncoder().encode(text));
  const four = { ok: true, value: { shape: [2, 2], values: Float64Array.of(1.5, -2, 3e-4, 0.5) } };

  test.each([
    ['1.5,-2\n3e-4,.5\n'],
    ['zero,one\r\n1.5,-2\r\n3e-4,0.5'],
    ['"1.5"; "-2"\n3.0e-4;0.50\n\n'],
    ['\ufeff1.5\t-2\n0.0003\t+0.5'],
  ])('%j', (text) => {
    expect(csv(text)).toEqual(four);
  });

  test.each([
    ['1,2\n3', 'has 1 numbers in line 2, and 2 in line 1'],
    ['1,2\n3,x', 'has "x" in line 2, where a number is expected'],
    ['1,2\n\n3,4', 'has 1 numbers in line 2, and 2 in line 1'],
    ['a,b\n', 'holds no numbers'],
    ['', 'holds no numbers'],
    ['1,2\0', 'is neither a .npy file nor CSV'],
  ])('%j is refused', (text, message) => {
    expect(csv(text)).toEqual({ ok: false, error: message });
  });
});

describe('whether the order fits', () => {
  const rows = 4000;
  const random = generator(7, 'order');
  const labels = Int32Array.from({ length: rows }, () => random.uint32() % 10);
  /** Right in nine of ten rows. */
  const predicted = labels.map((label) => (random.uint32() % 10 === 0 ? random.uint32() % 10 : label));
  const evidence = (chosen: Int32Array) => orderEvidence(chosen, labels, 10);

  test('a good teacher, and a poor one, are believed', () => {
    expect(evidence(predicted).doubt).toBeUndefined();
    const poor = labels.map((label) => (random.uint32() % 3 === 0 ? label : random.uint32() % 10));
    expect(evidence(poor).accuracy).toBeLessThan(0.5);
    expect(evidence(poor).doubt).toBeUndefined();
  });

  test('rows moved by one are not', () => {
    const { accuracy, chance, doubt } = evidence(predicted.map((_, row) => predicted[(row + 1) % rows] ?? 0));
    expect(accuracy).toBeCloseTo(chance, 1);
    expect(doubt).toMatch(
      /^agrees with the labels in \d+\.\d% of the rows, and in any other order it would in 10\.\d%$/,
    );
  });

  test('nor rows of which one was left out halfway, though most agree', () => {
    const { doubt } = evidence(predicted.map((chosen, row) => (row < 2300 ? chosen : (predicted[row + 1] ?? 0))));
    expect(doubt).toMatch(/% of all rows, but in \d+\.\d% of the rows 2400 to 2799$/);
  });

  test('columns in another order are told', () => {
    const { doubt } = evidence(predicted.map((chosen) => [0, 2, 1, 3, 4, 5, 6, 7, 8, 9][chosen] ?? 0));
    // Eight columns are right: that is believed.
    expect(doubt).toBeUndefined();
    const moved = evidence(predicted.map((chosen) => (chosen + 1) % 10));
    expect(moved.doubt).toMatch(/; it would in 9\d\.\d% if column 0 stood for class 9, and others likewise$/);
  });

  test('a teacher that always says the same is no evidence', () => {
    expect(evidence(new Int32Array(rows)).doubt).toBeDefined();
  });
});

describe('the stage', () => {
  const folder = temporaryFolder();
  let data: StageResult;
  let predicted: StageResult;
  let rows: number[][];

  beforeAll(async () => {
    data = await tinyDataset(temporaryFolder());
    const with_ = { ...tinyTeacher, optimizer: { adam: { learningRate: 0.01 } }, epochs: 20 };
    const teacher = await runStage({ type: 'train-teacher', with: with_, inputs: { data: data.artifact } });
    const inputs = { data: data.artifact, teacher: teacher.artifact };
    predicted = await runStage({ type: 'predict-soft-labels', inputs });
    const logits = new Float32Array(new Uint8Array(predicted.files.get('train-logits.bin') ?? []).buffer);
    rows = Array.from({ length: 80 }, (_, row) => [...logits.subarray(3 * row, 3 * row + 3)]);
    write('train.csv', rows);
  });

  const write = (name: string, numbers: readonly (readonly number[])[]): void => {
    writeFileSync(join(folder, name), numbers.map((row) => row.join()).join('\n'));
  };
  const request = (options: JsonObject) => ({
    type: 'import-soft-labels',
    with: { files: { train: 'train.csv' }, ...options },
    inputs: { data: data.artifact },
    folder,
  });

  test('what predict-soft-labels gives, written out and read again, is the same artifact', async () => {
    const result = await runStage(request({}));
    expect(result.files.get('train-logits.bin')).toEqual(predicted.files.get('train-logits.bin'));
    const [own, theirs] = [describeOf(result, 'soft-labels.json'), describeOf(predicted, 'soft-labels.json')];
    expect(own['splits']).toEqual({ train: (theirs['splits'] as JsonObject)['train'] });
    expect(result.facts).toEqual({ classes: 3, counts: { train: 80 } });
    expect(result.metrics).toMatchObject({ images: { train: 80 } });
  });

  test('a student learns from them', async () => {
    const { artifact } = await runStage(request({}));
    const student = { model: ['flatten', { dense: 3 }], batchSize: 16, epochs: 1, distillation: { method: 'hinton' } };
    const inputs = { data: data.artifact, softLabels: artifact };
    const learned = await runStage({ type: 'train-student', with: student, inputs });
    const original = await runStage({
      type: 'train-student',
      with: student,
      inputs: { data: data.artifact, softLabels: predicted.artifact },
    });
    expect(learned.files.get('weights.bin')).toEqual(original.files.get('weights.bin'));
  });

  test('probabilities become logits with the same softmax, and are told from logits', async () => {
    const softmax = rows.map((row) => {
      const exp = row.map((value) => Math.exp(value));
      return exp.map((value) => value / exp.reduce((sum, next) => sum + next, 0));
    });
    write('probabilities.csv', softmax);
    const files = { train: 'probabilities.csv' };
    const result = await runStage(request({ files, values: 'probabilities' }));
    const logits = new Float32Array(new Uint8Array(result.files.get('train-logits.bin') ?? []).buffer);
    for (const [row, probabilities] of softmax.entries()) {
      const own = [...logits.subarray(3 * row, 3 * row + 3)].map((value) => Math.exp(value));
      own.forEach((value, index) => {
        expect(value).toBeCloseTo(probabilities[index] ?? NaN, 6);
      });
    }
    expect(await failureOf(request({ files }))).toMatchObject({
      code: 'bad-option',
      message: 'probabilities.csv has probabilities, each row adding up to 1, and logits are expected',
      hint: 'write `values: probabilities`, and their logarithms are taken',
      pointer: '/with/files/train',
    });
    expect((await failureOf(request({ values: 'probabilities' }))).message).toMatch(/has no probabilities in row 0/);
  });

  test('a probability of 0 has a logarithm, and is told of', async () => {
    write(
      'hard.csv',
      rows.map((row) => row.map((value) => (value === Math.max(...row) ? 1 : 0))),
    );
    const result = await runStage(request({ files: { train: 'hard.csv' }, values: 'probabilities' }));
    expect(result.events).toContainEqual({
      type: 'stage-note',
      message: 'hard.csv: 160 probabilities of 0 count as 2^-126',
    });
  });

  test('rows in another order are refused, unless the labels beside them or the person say that they fit', async () => {
    write('reversed.csv', rows.toReversed());
    const files = { train: 'reversed.csv' };
    const failure = await failureOf(request({ files }));
    expect(failure).toMatchObject({ code: 'bad-option', pointer: '/with/files/train' });
    expect(failure.message).toMatch(/^reversed\.csv agrees with the labels in \d+\.\d% of the rows/);
    expect(failure.hint).toMatch(/`labels`, or write `order: trusted`$/);
    expect((await runStage(request({ files, order: 'trusted' }))).facts).toMatchObject({ counts: { train: 80 } });

    const labels = [...(data.files.get('train-labels.bin') ?? [])];
    write(
      'labels.csv',
      labels.map((label) => [label]),
    );
    write(
      'labels-reversed.csv',
      labels.toReversed().map((label) => [label]),
    );
    await runStage(request({ files, labels: { train: 'labels.csv' } }));
    const other = await failureOf(request({ labels: { train: 'labels-reversed.csv' } }));
    expect(other).toMatchObject({ code: 'bad-option', pointer: '/with/labels/train' });
    expect(other.message).toMatch(/^labels-reversed\.csv has the label \d in row \d+, counted from 0, where the data/);
  });

  test.each<[string, (logits: number[][]) => number[][], RegExp]>([
    ['too few rows', (logits) => logits.slice(1), /has 79 rows, and the data set has 80 such images/],
    ['too many columns', (logits) => logits.map((row) => [0, ...row]), /has 4 columns, and the data set has 3 classes/],
    ['not a number', (logits) => [[NaN, 0, 0], ...logits.slice(1)], /has NaN in row 0, column 0/],
    ['infinite', (logits) => [...logits.slice(1), [0, 0, -Infinity]], /has -Infinity in row 79, column 2/],
  ])('%s', async (_, change, message) => {
    write('wrong.csv', change(rows));
    const failure = await failureOf(request({ files: { train: 'wrong.csv' } }));
    expect(failure.code).toBe('bad-option');
    expect(failure.message).toMatch(message);
  });

  test('a file that is not there', async () => {
    expect(await failureOf(request({ files: { train: 'none.npy' } }))).toMatchObject({
      code: 'input-missing',
      pointer: '/with/files/train',
    });
  });
});

test('planning knows the facts, and what cannot fit', async () => {
  const data = { inputShape: [6, 6, 1], classes: 3, counts: { train: 80, validation: 0, test: 60 } };
  const files = { train: 'a.npy', test: 'b.npy' };
  expect(await checked('import-soft-labels', { files }, { data })).toEqual({
    problems: [],
    facts: { classes: 3, counts: { train: 80, test: 60 } },
  });
  const { problems } = await checked(
    'import-soft-labels',
    { files: { validation: 'a.npy' }, labels: { train: 'b.npy' } },
    { data },
  );
  expect(problems.map(({ pointer }) => pointer)).toEqual(['/with/files/validation', '/with/labels/train']);
});
