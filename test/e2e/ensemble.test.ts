import { expect, test } from '@jest/globals';
import { newProject } from './project.ts';

const pipeline = `version: 1
name: ensemble
params: { seed: 1 }
stages:
  load-data:
    type: load-data
    with: { dataset: mnist-10k, split: { train: 200, validation: 100, test: 100 } }
  train-teacher:
    type: train-teacher
    replicates: 2
    needs: { data: load-data }
    with:
      model: [flatten, { dense: 10 }]
      epochs: 1
  predict-soft-labels:
    type: predict-soft-labels
    needs: { data: load-data, teacher: train-teacher }
  train-other:
    type: train-teacher
    needs: { data: load-data }
    with:
      model: [flatten, { dense: { units: 8, activation: relu } }, { dense: 10 }]
      epochs: 1
  predict-other:
    type: predict-soft-labels
    needs: { data: load-data, teacher: train-other }
  combine:
    type: combine-soft-labels
    gather: [replicate]
    needs: { twins: predict-soft-labels, other: predict-other }
    with: { weights: { other: 1 } }
  train-student:
    type: train-student
    needs: { data: load-data, softLabels: combine }
    with:
      model: [flatten, { dense: 10 }]
      distillation: { method: dkd }
      epochs: 1
`;

interface Event {
  readonly type: string;
  readonly stage?: string;
  readonly metrics?: Record<string, unknown>;
}

test('several teachers are one, and only what a weight touches runs', async () => {
  const project = await newProject({ 'ensemble.yaml': pipeline });
  const run = async (): Promise<Event[]> => {
    const { stdout, exitCode } = await project.pipeline('run', 'ensemble.yaml', '--json');
    expect(exitCode).toBe(0);
    const events = stdout.split('\n').map((line) => JSON.parse(line) as Event);
    return events.filter(({ type }) => type === 'stage-finished');
  };
  const first = await run();
  expect(first).toHaveLength(9);
  expect(first.find(({ stage }) => stage === 'combine')?.metrics).toMatchObject({
    teachers: 3,
    images: { train: 200 },
  });

  await project.edit('ensemble.yaml', 'weights: { other: 1 }', 'weights: { other: 1 }, average: logits');
  expect(await run()).toEqual([]);
  await project.edit('ensemble.yaml', 'other: 1 }', 'other: 2 }');
  expect((await run()).map(({ stage }) => stage)).toEqual(['combine', 'train-student']);
  await project.edit('ensemble.yaml', 'average: logits', 'average: probabilities');
  expect((await run()).map(({ stage }) => stage)).toEqual(['combine', 'train-student']);
}, 120_000);
