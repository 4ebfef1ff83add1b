import { beforeAll, describe, expect, it } from '@jest/globals';
import { temporaryFolder } from '../base/temporary-folder.ts';
import { checked, runStage } from './rig.ts';
import type { StageResult } from './rig.ts';
import { tinyDataset, tinyTeacher } from './tiny-data.ts';

const dataset = { inputShape: [6, 6, 1], classes: 3, counts: { train: 80, validation: 40, test: 60 } };

let data: StageResult;
let model: StageResult;

beforeAll(async () => {
  data = await tinyDataset(temporaryFolder());
  model = await runStage({ type: 'train-teacher', with: tinyTeacher, inputs: { data: data.artifact } });
});

describe('correct-bias', () => {
  it('makes a model that is as right on the validation images as it says, and no less than before', async () => {
    const corrected = await runStage({
      type: 'correct-bias',
      with: { classes: [0] },
      inputs: { data: data.artifact, model: model.artifact },
    });
    const before = await validationAccuracy(model);
    const after = await validationAccuracy(corrected);
    expect(corrected.metrics).toMatchObject({ validationAccuracy: { before, after } });
    expect(after).toBeGreaterThanOrEqual(before);
    expect(corrected.facts).toEqual(model.facts);
  });

  it('moves the biases of its classes, and nothing else', async () => {
    const { files, metrics } = await runStage({
      type: 'correct-bias',
      with: { classes: [0, 2] },
      inputs: { data: data.artifact, model: model.artifact },
    });
    const [before, after] = [floats(model.files), floats(files)];
    const shift = (metrics as { readonly shift: number }).shift;
    const moved = before.map((value, index) => {
      const label = index - (before.length - 3);
      return label === 0 || label === 2 ? Math.fround(value + shift) : value;
    });
    expect([...after]).toEqual([...moved]);
  });

  it('takes a model that ends in biases', async () => {
    const without = await runStage({
      type: 'train-teacher',
      with: { ...tinyTeacher, model: ['flatten', { dense: { units: 3, useBias: false } }], epochs: 1 },
      inputs: { data: data.artifact },
    });
    await expect(
      runStage({
        type: 'correct-bias',
        with: { classes: [0] },
        inputs: { data: data.artifact, model: without.artifact },
      }),
    ).rejects.toThrow('the model does not end in a dense layer with biases');
  });

  it.each([
    [[3], 'there is no class 3: the data set has 3, from 0'],
    [[0, 1, 2], 'moving all classes by the same shift changes nothing'],
  ])('refuses the classes %j', async (classes, message) => {
    const { problems } = await checked('correct-bias', { classes }, { data: dataset, model: undefined });
    expect(problems.map((problem) => problem.message)).toEqual([message]);
  });

  it('needs validation images', async () => {
    const facts = { ...dataset, counts: { ...dataset.counts, validation: 0 } };
    const { problems } = await checked('correct-bias', { classes: [1] }, { data: facts, model: undefined });
    expect(problems).toMatchObject([{ code: 'bad-option', pointer: '/needs/data' }]);
  });
});

async function validationAccuracy(of: StageResult): Promise<number> {
  const { metrics } = await runStage({
    type: 'evaluate',
    with: { splits: ['validation'] },
    inputs: { data: data.artifact, model: of.artifact },
  });
  return (metrics as { readonly model: { readonly validation: { readonly accuracy: number } } }).model.validation
    .accuracy;
}

function floats(files: StageResult['files']): Float32Array {
  const bytes = files.get('weights.bin') ?? new Uint8Array();
  return new Float32Array(bytes.slice().buffer);
}
