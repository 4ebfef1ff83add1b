/** What every stage type owes: a schema, the determinism that it declares, and no tensor left behind. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtInStageTypes } from '../../src/stages/registry.ts';
import { loadRunner } from '../../src/stages/runners.ts';
import { loadBackend } from '../../src/tensor/backend.ts';
import { memory } from '../../src/tensor/tf.ts';
import { temporaryFolder } from '../base/temporary-folder.ts';
import { runStage, sameFiles } from './rig.ts';
import type { StageRequest, StageResult } from './rig.ts';
import { tinyDataset, tinyOptions, tinyStudent, tinyTeacher, writeTinyFiles } from './tiny-data.ts';

const registered = [...builtInStageTypes().values()];
/** A command is run by the engine, and is tested there. */
const withRunner = registered.filter((type) => type.command === undefined);
/** What runs on the native backend alone has its test in predict-saved-model.test.ts. */
const types = withRunner.filter(({ uses }) => uses.backend === undefined);

/** A small run of each type, given what the ones before it made. */
const requests: Readonly<Record<string, (made: ReadonlyMap<string, StageResult>) => StageRequest>> = {
  'load-data': () => {
    const folder = temporaryFolder();
    writeTinyFiles(folder);
    return { type: 'load-data', with: tinyOptions, folder };
  },
  'transform-data': (made) => ({
    type: 'transform-data',
    with: { onlyClasses: [0, 2], copies: 1, augmentation: { jitter: 2, crop: 1, flip: 'horizontal' } },
    inputs: { data: of(made, 'load-data') },
  }),
  'train-teacher': (made) => ({ type: 'train-teacher', with: tinyTeacher, inputs: { data: of(made, 'load-data') } }),
  'import-model': (made) => {
    const folder = temporaryFolder();
    copyExport(folder);
    return {
      type: 'import-model',
      with: { model: 'model.json', weights: 'weights.bin', inputShape: [6, 6, 1] },
      inputs: { data: of(made, 'load-data') },
      folder,
    };
  },
  'predict-soft-labels': (made) => ({
    type: 'predict-soft-labels',
    inputs: { data: of(made, 'load-data'), teacher: of(made, 'train-teacher') },
  }),
  'import-soft-labels': (made) => {
    const folder = temporaryFolder();
    const bytes = made.get('predict-soft-labels')?.files.get('train-logits.bin') ?? new Uint8Array();
    const logits = new Float32Array(new Uint8Array(bytes).buffer);
    const rows = Array.from({ length: logits.length / 3 }, (_, row) => logits.subarray(3 * row, 3 * row + 3).join());
    writeFileSync(join(folder, 'train.csv'), rows.join('\n'));
    const options = { files: { train: 'train.csv' }, order: 'trusted' };
    return { type: 'import-soft-labels', with: options, inputs: { data: of(made, 'load-data') }, folder };
  },
  'combine-soft-labels': (made) => ({
    type: 'combine-soft-labels',
    with: { average: 'probabilities', temperature: 4, weights: { predicted: 2 } },
    inputs: { predicted: of(made, 'predict-soft-labels'), imported: of(made, 'import-soft-labels') },
  }),
  'permute-soft-labels': (made) => ({
    type: 'permute-soft-labels',
    inputs: { data: of(made, 'load-data'), softLabels: of(made, 'predict-soft-labels') },
  }),
  'train-student': (made) => ({
    type: 'train-student',
    with: { ...tinyStudent, distillation: { method: 'hinton' } },
    inputs: { data: of(made, 'load-data'), softLabels: of(made, 'predict-soft-labels') },
  }),
  'correct-bias': (made) => ({
    type: 'correct-bias',
    with: { classes: [1] },
    inputs: { data: of(made, 'load-data'), model: of(made, 'train-student') },
  }),
  compare: (made) => ({
    type: 'compare',
    with: { resamples: 100 },
    inputs: {
      data: of(made, 'load-data'),
      'student@replicate=0': of(made, 'train-student'),
      'student@replicate=1': of(made, 'train-teacher'),
      'baseline@replicate=0': of(made, 'train-teacher'),
      'baseline@replicate=1': of(made, 'train-teacher'),
    },
  }),
  'export-model': (made) => ({
    type: 'export-model',
    with: { quantization: 'uint8' },
    inputs: { data: of(made, 'load-data'), model: of(made, 'train-student') },
  }),
  evaluate: (made) => ({
    type: 'evaluate',
    inputs: {
      data: of(made, 'load-data'),
      teacher: of(made, 'train-teacher'),
      student: of(made, 'train-student'),
      baseline: of(made, 'train-student'),
    },
  }),
};

/** A model of one layer, as files. */
function copyExport(folder: string): void {
  const layer = { class_name: 'Dense', config: { name: 'end', units: 3, batch_input_shape: [null, 36] } };
  const weights = [
    { name: 'end/kernel', shape: [36, 3], dtype: 'float32' },
    { name: 'end/bias', shape: [3], dtype: 'float32' },
  ];
  const json = {
    modelTopology: { class_name: 'Sequential', config: { layers: [layer] } },
    weightsManifest: [{ paths: ['weights.bin'], weights }],
  };
  writeFileSync(join(folder, 'model.json'), JSON.stringify(json));
  writeFileSync(join(folder, 'weights.bin'), Buffer.alloc(4 * 111, 1));
}

function of(made: ReadonlyMap<string, StageResult>, type: string): StageResult['artifact'] {
  const result = made.get(type);
  if (result === undefined) throw new Error(`${type} was not run`);
  return result.artifact;
}

test('every stage type has its schema file, and every schema file its stage type', () => {
  const files = readdirSync('schemas/stages').sort();
  expect(registered.map(({ name }) => `${name}.schema.json`).sort()).toEqual(files);
  for (const { name, schema } of registered) expect(schema['$id']).toBe(`stages/${name}.schema.json`);
});

test('every stage type has a runner, and nothing else has', async () => {
  for (const { name } of withRunner) expect(typeof (await loadRunner(name))).toBe('function');
  await expect(loadRunner('no-such-type')).rejects.toThrow('no-such-type');
});

describe('each stage type', () => {
  const first = new Map<string, StageResult>();
  const second = new Map<string, StageResult>();
  const leaked: Record<string, number> = {};

  beforeAll(async () => {
    await loadBackend('wasm');
    for (const { name } of types) {
      const request = requests[name];
      if (request === undefined) throw new Error(`no small run of ${name}`);
      first.set(name, await runStage(request(first)));
      const before = memory().numTensors;
      second.set(name, await runStage(request(second)));
      leaked[name] = memory().numTensors - before;
    }
  });

  test.each(types.map((type) => [type.name, type] as const))('%s gives the same bytes twice', (name, type) => {
    expect(type.determinism).toBe('bitwise');
    const [one, other] = [first.get(name), second.get(name)];
    if (one === undefined || other === undefined) throw new Error('it did not run');
    expect(one.files.size).toBeGreaterThan(0);
    expect(sameFiles(one, other)).toBe(true);
    expect(one.facts).toEqual(other.facts);
  });

  test.each(types.map(({ name }) => name))('%s leaves no tensor behind', (name) => {
    expect(leaked[name]).toBe(0);
  });

  test.each(types.filter(({ uses }) => uses.seed).map(({ name }) => name))('%s draws from its seed', async (name) => {
    const request = requests[name];
    const [one] = [first.get(name)];
    if (request === undefined || one === undefined) throw new Error('it did not run');
    expect(sameFiles(one, await runStage({ ...request(first), seed: 1 }))).toBe(false);
  });

  test.each(types.filter(({ uses }) => uses.tensors).map(({ name }) => name))(
    '%s ends when the run is cancelled',
    async (name) => {
      const request = requests[name];
      if (request === undefined) throw new Error('no small run');
      const reason = new Error('cancelled by the test');
      await expect(runStage({ ...request(first), signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    },
  );
});

test('facts of a data set are those that planning could not know', async () => {
  const { facts } = await tinyDataset(temporaryFolder());
  expect(facts).toEqual({ inputShape: [6, 6, 1], classes: 3, counts: { train: 80, validation: 40, test: 60 } });
});
