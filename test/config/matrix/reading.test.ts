import { describe, expect, test } from '@jest/globals';
import type { PipelineSpec, StageSpec } from '../../../src/core/pipeline-spec.ts';
import { formatPlace } from '../../../src/diagnostics/position.ts';
import { read } from '../read-rig.ts';

const pipeline = `version: 1
name: p
params: { seed: 7, temperatures: [1, 4] }
matrix:
  temperature: \${params.temperatures}
replicates: { count: 2, draw: [train-student] }
stages:
  load-data:
    type: load-data
    with: { dataset: mnist-10k, split: { train: 320, validation: 100, test: 100 } }
  train-teacher:
    type: train-teacher
    needs: { data: load-data }
    with:
      model: [flatten, { dense: 10 }]
      optimizer: { adam: { learningRate: 0.001 } }
      epochs: 1
  predict-soft-labels:
    type: predict-soft-labels
    needs: { data: load-data, teacher: train-teacher }
  train-student:
    type: train-student
    matrix: { model: [{ name: small, units: 8 }, { name: big, units: 16 }] }
    needs: { data: load-data, softLabels: predict-soft-labels }
    with:
      model:
        - flatten
        - dense: { units: "\${matrix.model.units}" }
        - dense: 10
      distillation:
        method: hinton
        temperature: \${matrix.temperature}
      epochs: 1
  train-other:
    type: train-student
    needs: { data: load-data }
    with:
      model: [flatten, { dense: 10 }]
      seed: 4294967295
      epochs: 1
  compare:
    type: evaluate
    gather: [replicate]
    needs: { data: load-data, student: { stage: train-student, matrix: { model: small } } }
gates:
  train-student.validation.accuracy: '>= 0.5'
  train-student@model=big,temperature=4.validation.loss: '< 1'
  compare.student.validation.accuracy: '>= 0.5'
  compare@temperature=4.student@replicate=1.test.accuracy: '>= 0.5'
`;

async function specOf(text: string, set: readonly string[] = []): Promise<PipelineSpec> {
  const { spec, problems } = await read(text, { set });
  expect(problems).toEqual([]);
  if (spec === undefined) throw new Error('nothing was read');
  return spec;
}

function find({ stages }: PipelineSpec, id: string): StageSpec {
  const stage = stages.find((each) => each.id === id);
  if (stage === undefined) throw new Error(`no ${id} among ${stages.map((each) => each.id).join(' ')}`);
  return stage;
}

describe('a pipeline with a matrix', () => {
  test('has each stage once for each combination, with the values filled in', async () => {
    const spec = await specOf(pipeline);
    expect(spec.stages).toHaveLength(3 + 8 + 1 + 2);
    const big = find(spec, 'train-student@temperature=4,model=big,replicate=1');
    expect(big.variant).toEqual({ of: 'train-student', axes: { temperature: 4, model: 'big', replicate: 1 } });
    expect(big.options).toMatchObject({
      model: [{ flatten: {} }, { dense: { units: 16 } }, { dense: { units: 10 } }],
      distillation: { temperature: 4 },
    });
    expect(Object.keys(find(spec, 'compare@temperature=4').needs)).toEqual([
      'data',
      'student@replicate=0',
      'student@replicate=1',
    ]);
  });

  test('replicate k adds k to the seed of what is drawn, and to nothing else', async () => {
    const spec = await specOf(pipeline);
    const seeds = [0, 1].map(
      (k) => find(spec, `train-student@temperature=1,model=small,replicate=${k}`).options['seed'],
    );
    expect(seeds).toEqual([7, 8]);
    expect(find(spec, 'train-other').options['seed']).toBe(4294967295);
    const own = await specOf(pipeline.replace('replicates: { count: 2, draw: [train-student] }', 'replicates: 2'));
    expect(find(own, 'train-teacher@replicate=1').options['seed']).toBe(8);
    // After the largest seed comes 0.
    expect(find(own, 'train-other@replicate=1').options['seed']).toBe(0);
  });

  test('a stage without a seed may be drawn where it refers to the replicate', async () => {
    const command = '  note:\n    run: echo ${matrix.replicate} > note.txt\n    outputs: [note.txt]\n';
    const text = pipeline
      .replace('draw: [train-student]', 'draw: [train-student, note]')
      .replace('gates:', () => `${command}gates:`);
    const { stages } = await specOf(text);
    expect(stages.filter(({ variant }) => variant?.of === 'note')).toHaveLength(2);
  });

  test('places of values are those of the axes, of the parameters, and of the flags', async () => {
    const where = (spec: PipelineSpec, pointer: string) => {
      const range = find(spec, 'train-student@temperature=4,model=big,replicate=0').locate(pointer);
      return [formatPlace(range), range.writtenAt === undefined ? '' : formatPlace(range.writtenAt)];
    };
    const spec = await specOf(pipeline);
    expect(where(spec, '/with/distillation/temperature')).toEqual(['p.yaml:32:22', 'p.yaml:3:38']);
    expect(where(spec, '/with/model/1/dense/units')).toEqual(['p.yaml:28:27', 'p.yaml:23:70']);
    expect(where(spec, '/with/epochs')).toEqual(['p.yaml:33:15', '']);
    const flag = await specOf(pipeline, ['temperatures=[4]']);
    expect(where(flag, '/with/distillation/temperature')[1]).toBe('--set temperatures=[4]');
  });

  test('gates on a stage hold for its variants, and for all that is gathered', async () => {
    const { gates } = await specOf(pipeline);
    const metrics = gates.map(({ metric }) => metric);
    expect(metrics.filter((metric) => metric.startsWith('train-student'))).toHaveLength(8 + 2);
    expect(metrics).toContain('train-student@temperature=4,model=big,replicate=0.validation.loss');
    expect(metrics.filter((metric) => metric.startsWith('compare'))).toHaveLength(2 * 2 + 1);
    const last = gates[gates.length - 1];
    expect(last).toMatchObject({ stage: 'compare@temperature=4', path: ['student@replicate=1', 'test', 'accuracy'] });
  });

  test('values with dots are told from the way into the metrics', async () => {
    const { gates } = await specOf(
      pipeline.replace('@temperature=4.student@replicate=1.test', '@temperature=0.5.student.test'),
      ['temperatures=[0.5, 4]'],
    );
    expect(gates.slice(-2).map(({ stage, path }) => [stage, path.join(' ')])).toEqual([
      ['compare@temperature=0.5', 'student@replicate=0 test accuracy'],
      ['compare@temperature=0.5', 'student@replicate=1 test accuracy'],
    ]);
  });

  test('what ${ stands for is still literal after $$', async () => {
    const { stages } = await specOf(
      pipeline.replace('type: evaluate', () => 'type: evaluate\n    description: $${matrix.none}'),
    );
    expect(stages).toHaveLength(14);
  });

  test('while something is wrong with the axes, a gate on a variant is not told of besides', async () => {
    const { problems } = await read(pipeline.replace('${matrix.temperature}', '${matrix.temprature}'));
    expect(problems.map(({ code }) => code)).toEqual(['unknown-axis']);
  });
});
