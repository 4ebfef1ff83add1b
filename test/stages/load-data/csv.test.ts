import { beforeEach, describe, expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { JsonObject } from '../../../src/base/json.ts';
import { TableReader } from '../../../src/stages/load-data/csv-format.ts';
import { temporaryFolder } from '../../base/temporary-folder.ts';
import { checked, complete, failureOf, runStage, stageType } from '../rig.ts';

const train = 'label,a,b,c,d\n1,0,10,20,30\n0,255,254,253,252\n';
const test_ = '2,9,8,7,6\n';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
  writeFileSync(join(folder, 'train.csv'), train);
  writeFileSync(join(folder, 'test.csv'), test_);
});

function load(csv: JsonObject = {}, more: JsonObject = {}) {
  return {
    type: 'load-data',
    with: { dataset: 'csv', csv: { train: 'train.csv', test: 'test.csv', ...csv }, ...more },
    folder,
  };
}

test('a line is an image: its label, and its pixels row by row', async () => {
  const { files, facts } = await runStage(load());
  expect(facts).toEqual({ inputShape: [2, 2, 1], classes: 3, counts: { train: 2, validation: 0, test: 1 } });
  expect([...(files.get('train-images.bin') ?? [])]).toEqual([0, 10, 20, 30, 255, 254, 253, 252]);
  expect([...(files.get('train-labels.bin') ?? [])]).toEqual([1, 0]);
  expect([...(files.get('test-images.bin') ?? [])]).toEqual([9, 8, 7, 6]);
});

test('the label may be any column, by name or number, and images may have colours', async () => {
  writeFileSync(join(folder, 'train.csv'), 'r,g,"label",b\n1,2,0,3\n');
  writeFileSync(join(folder, 'test.csv'), 'label,r,g,b\n1,4,5,6\n');
  const { files, facts } = await runStage(load({ label: 'label', shape: [1, 1, 3] }));
  expect(facts?.['inputShape']).toEqual([1, 1, 3]);
  expect([...(files.get('train-images.bin') ?? [])]).toEqual([1, 2, 3]);
  expect([...(files.get('test-images.bin') ?? [])]).toEqual([4, 5, 6]);
  writeFileSync(join(folder, 'test.csv'), '4,5,1,6\n');
  const byNumber = await runStage(load({ label: 2, shape: [1, 3] }));
  expect([...(byNumber.files.get('test-images.bin') ?? [])]).toEqual([4, 5, 6]);
});

test.each([
  ['gzip', gzipSync(train)],
  ['Windows line breaks and a byte order mark', Buffer.from(`\uFEFF${train.replaceAll('\n', '\r\n')}`)],
  [
    'quotes, blanks, empty lines and no line break at the end',
    Buffer.from('label,a,b,c,d\n\n"1", 0 ,10,20,"30"\n0,255,254,253.0,252'),
  ],
])('%s changes nothing', async (_, bytes) => {
  const plain = await runStage(load());
  writeFileSync(join(folder, 'train.csv'), bytes);
  expect((await runStage(load())).files.get('train-images.bin')).toEqual(plain.files.get('train-images.bin'));
});

test('nor does it matter in which pieces a file comes', () => {
  const bytes = Buffer.from(train);
  for (let size = 1; size <= bytes.length; size++) {
    const reader = new TableReader();
    for (let start = 0; start < bytes.length; start += size) {
      expect(reader.push(bytes.subarray(start, start + size))).toBeUndefined();
    }
    const table = reader.end();
    expect(table).toMatchObject({ ok: true, value: { names: ['label', 'a', 'b', 'c', 'd'], columns: 5 } });
    if (table.ok) expect([...table.value.cells]).toEqual([1, 0, 10, 20, 30, 0, 255, 254, 253, 252]);
  }
});

describe('a clear failure for', () => {
  test.each<[string, string, RegExp]>([
    ['a number too large', 'l,a,b,c,d\n1,0,256,0,0\n', /no whole number from 0 to 255 in line 2, column 3$/],
    ['a number below 0', '1,0,0,0,0\n1,0,-2,0,0\n', /in line 2, column 3$/],
    ['a fraction', '1,0,0,0,0\n1,0,0.5,0,0\n', /in line 2, column 3$/],
    ['two numbers in a cell', '1,0,0,0,0\n1,0,2 3,0,0\n', /in line 2, column 3$/],
    ['an empty cell', '1,0,0,0,0\n\n1,0,,0,0\n', /in line 3, column 3$/],
    ['words', 'l,a,b,c,d\n1,0,0,0,zero\n', /in line 2, column 5$/],
    ['a line that is too short', '1,0,0,0,0\n1,0,0,0\n', /has 5 columns in its first line, and 4 in line 2$/],
    ['a line that is too long', '1,0,0,0,0\n1,0,0,0,0,0\n', /has 5 columns in its first line, and more in line 2$/],
    ['one column', '1\n2\n', /has one column/],
    ['names alone', 'l,a,b,c,d\n', /has no line of numbers$/],
    ['nothing', '', /has one column/],
    ['no square', '1,0,0,0\n', /has 3 pixels a line, which make no square$/],
  ])('%s', async (_, text, message) => {
    writeFileSync(join(folder, 'train.csv'), text);
    const failure = await failureOf(load());
    expect(failure.message).toMatch(message);
    expect(failure).toMatchObject({ code: 'bad-option', pointer: '/with/csv/train' });
  });

  test('a file that is not there, or cut short within its gzip', async () => {
    expect(await failureOf(load({ test: 'no.csv' }))).toMatchObject({
      code: 'input-missing',
      message: 'no.csv is not there',
      pointer: '/with/csv/test',
    });
    writeFileSync(join(folder, 'train.csv'), gzipSync(train).subarray(0, 30));
    expect((await failureOf(load())).message).toMatch(/^train.csv cannot be read: .*unexpected end of file/);
  });

  test.each<[string, JsonObject, string, RegExp]>([
    ['a name without a line of names', { label: 'label' }, '/with/csv/label', /^test.csv has no line of names/],
    ['an unknown name', { label: 'lable' }, '/with/csv/label', /^train.csv has no column "lable"/],
    ['a column beyond the last', { label: 5 }, '/with/csv/label', /has 5 columns, counted from 0/],
    ['another shape', { shape: [2, 3] }, '/with/csv/shape', /has 4 pixels a line, and 2 × 3 × 1 is another number/],
  ])('%s', async (_, csv, pointer, message) => {
    const failure = await failureOf(load(csv));
    expect(failure.message).toMatch(message);
    expect(failure.pointer).toBe(pointer);
  });

  test('a label beyond the classes', async () => {
    expect(await failureOf(load({}, { classes: 2 }))).toMatchObject({ pointer: '/with/classes' });
  });
});

test('the key has what is in the files and what it means, and not where they are', async () => {
  const type = stageType('load-data');
  const options = await complete('load-data', load({ shape: [2, 2] }).with);
  expect(type.keyOptions?.(options)).toMatchObject({ dataset: 'csv', csv: { label: 0, shape: [2, 2, 1] } });
  expect(JSON.stringify(type.keyOptions?.(options))).not.toMatch(/train\.csv/);
  expect(type.externalFiles?.(options).map(({ name, pointer }) => [name, pointer])).toEqual([
    ['train', '/with/csv/train'],
    ['test', '/with/csv/test'],
  ]);
  expect(await complete('load-data', load({ shape: [2, 2, 1], label: 0 }).with)).toEqual(options);
});

test('what is known before it runs', async () => {
  const written = load({ shape: [2, 2] }, { classes: 3 }).with;
  expect(await checked('load-data', written)).toEqual({ problems: [], facts: { inputShape: [2, 2, 1], classes: 3 } });
  const { problems } = await checked('load-data', { dataset: 'csv', folder: 'x' });
  expect(problems.map(({ message }) => message)).toEqual([
    '`folder` is for the data sets mnist, cifar-10, cifar-100, cifar-100-coarse, not for csv',
    'the data set csv needs `csv`, the paths of your tables',
  ]);
});
