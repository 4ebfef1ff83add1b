import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import { parse } from 'yaml';
import { annotations } from '../../src/config/schema/compile.ts';
import { types } from './read-rig.ts';

const root = join(import.meta.dirname, '../..');
const pipelines = (await readdir(join(root, 'pipelines'))).filter((name) => name.endsWith('.yaml'));

test('what was made from the schemas is what they make', async () => {
  const tsx = join(root, 'node_modules/tsx/dist/cli.mjs');
  const check = promisify(execFile)(process.execPath, [tsx, 'scripts/generate.ts', '--check'], { cwd: root });
  await expect(check).resolves.toMatchObject({ stderr: '' });
}, 60_000);

test('every stage type has a schema, and every schema of a stage type is some type’s', async () => {
  const files = await readdir(join(root, 'schemas/stages'));
  expect(files.sort()).toEqual([...types.keys()].map((name) => `${name}.schema.json`).sort());
  for (const [name, type] of types) expect(type.schema['$id']).toBe(`stages/${name}.schema.json`);
});

describe('the schema for editors', () => {
  let validate: ValidateFunction;

  beforeAll(async () => {
    const ajv = new Ajv({ allErrors: true, strict: false });
    ajv.addVocabulary(annotations);
    validate = ajv.compile(
      JSON.parse(await readFile(join(root, 'schemas/editor/pipeline.schema.json'), 'utf8')) as object,
    );
  });

  function errorsOf(value: unknown): readonly string[] {
    validate(value);
    return (validate.errors ?? []).map((error) => error.instancePath);
  }

  test.each(pipelines)('underlines nothing in pipelines/%s, references included', async (file) => {
    expect(errorsOf(parse(await readFile(join(root, 'pipelines', file), 'utf8')))).toEqual([]);
  });

  const pipeline = (options: object) => ({
    version: 1,
    name: 'x',
    stages: {
      s: { type: 'train-student', needs: { data: 'd' }, with: { model: ['flatten', { dense: 10 }], ...options } },
    },
  });

  test('lets a reference stand anywhere in the options', () => {
    const reference = '${params.x}';
    for (const options of [
      { epochs: reference },
      { model: reference },
      { model: [reference, { dense: reference }] },
      { model: [{ dense: { units: reference, activation: reference } }] },
      { optimizer: { adam: { learningRate: reference } } },
      { distillation: { method: reference, temperature: reference } },
    ]) {
      expect(errorsOf(pipeline(options))).toEqual([]);
    }
  });

  test('lets a reference stand in gates and needs', () => {
    const base = pipeline({});
    const stages = { s: { ...base.stages.s, needs: { data: '${params.source}' } } };
    expect(errorsOf({ ...base, stages, gates: { 's.accuracy': '>= ${params.least}' } })).toEqual([]);
    expect(errorsOf({ ...base, gates: { 's.accuracy': 'good' } })).toContain('/gates/s.accuracy');
  });

  test('lets axes be lists, references and mappings, and stages refer to them', () => {
    const base = pipeline({ epochs: '${matrix.epochs}' });
    const matrix = {
      epochs: '${params.epochs}',
      size: [8, '${params.size}', { units: 16 }],
      rate: { by: 'size', values: { 8: [0.1], 16: '${params.rates}' } },
      exclude: [{ size: 8, epochs: 1 }],
    };
    const needs = { data: 'd', softLabels: { stage: 'l', matrix: { size: 8 } } };
    const s = { ...base.stages.s, matrix, needs, replicates: 2, gather: ['size'] };
    expect(errorsOf({ ...base, matrix, replicates: { count: '${params.count}', draw: ['s'] }, stages: { s } })).toEqual(
      [],
    );
    expect(errorsOf({ ...base, stages: { s: { ...s, gather: 'size' } } })).toContain('/stages/s/gather');
    expect(errorsOf({ ...base, matrix: { size: 8 } })).toContain('/matrix/size');
  });

  test('wants a type or a command, and knows its keys', () => {
    const stages = (stage: object) => ({ version: 1, name: 'x', stages: { s: stage } });
    const whole = { inputs: ['a'], outputs: ['b'], metrics: ['c.json'], passEnv: ['X'], folder: 'd' };
    expect(errorsOf(stages({ run: 'true', env: ['X'], ...whole }))).toEqual([]);
    expect(errorsOf(stages({ run: ['echo', 1], env: { X: '${params.x}', Y: null }, ...whole }))).toEqual([]);
    for (const wrong of [
      {},
      { run: 'true', type: 'evaluate' },
      { run: 'true', env: ['1X'] },
      { run: 'true', output: [] },
    ])
      expect(errorsOf(stages(wrong))).not.toEqual([]);
  });

  test('still underlines what is wrong', () => {
    expect(errorsOf(pipeline({ epochs: 'five' }))).toContain('/stages/s/with/epochs');
    expect(errorsOf(pipeline({ epoch: 5 }))).toContain('/stages/s/with');
    expect(errorsOf(pipeline({ model: [{ dense: { units: -1 } }] }))).toContain('/stages/s/with/model/0/dense');
  });
});
