import { expect, test } from '@jest/globals';
import { newProject } from './project.ts';
import { runJson, type Events } from './tiny-pipeline.ts';

/** Three students of one teacher, each evaluated, and all of them together. */
const sweep = `version: 1
name: sweep
params:
  seed: 42
matrix:
  temperature: [1, 4, 20]
replicates: { count: 1, draw: [train-student] }
stages:
  load-data:
    type: load-data
    with: { dataset: mnist-10k, split: { train: 64, validation: 20, test: 20 } }
  train-teacher:
    type: train-teacher
    needs: { data: load-data }
    with:
      model: [flatten, { dense: 10 }]
      optimizer: { adam: { learningRate: 0.01 } }
      epochs: 1
  predict-soft-labels:
    type: predict-soft-labels
    needs: { data: load-data, teacher: train-teacher }
  train-student:
    type: train-student
    needs: { data: load-data, softLabels: predict-soft-labels }
    with:
      model: [flatten, { dense: 10 }]
      distillation:
        method: hinton
        temperature: \${matrix.temperature}
        alpha: 0.9
      epochs: 1
  evaluate:
    type: evaluate
    needs: { data: load-data, teacher: train-teacher, student: train-student }
  compare:
    type: evaluate
    gather: [temperature, replicate]
    needs: { data: load-data, teacher: train-teacher, student: train-student }
gates:
  train-student.validation.accuracy: '>= 0'
  compare.student.validation.accuracy: '>= 0'
`;

const finished = (events: Events) =>
  events.flatMap(({ type, stage }) => (type === 'stage-finished' && stage !== undefined ? [stage] : [])).sort();

const student = (temperature: number, replicate = 0) =>
  ['evaluate', 'train-student'].map((stage) => `${stage}@temperature=${temperature},replicate=${replicate}`);

test('an edit of an axis runs the variants that it touches, and nothing else', async () => {
  const project = await newProject({ 'tiny.yaml': sweep });
  const first = await runJson(project);
  expect(first.exitCode).toBe(0);
  expect(finished(first.events)).toEqual(
    [
      ...['load-data', 'train-teacher', 'predict-soft-labels', 'compare'],
      ...[1, 4, 20].flatMap((temperature) => student(temperature)),
    ].sort(),
  );
  // Each variant and each gathered model has its gates.
  const gates = first.events.filter(({ type }) => type === 'gate-checked').map(({ metric }) => metric);
  expect(gates).toContain('train-student@temperature=4,replicate=0.validation.accuracy');
  expect(gates).toContain('compare.student@temperature=4,replicate=0.validation.accuracy');
  expect(gates).toHaveLength(6);

  const after = async (before: string, edited: string) => {
    await project.edit('tiny.yaml', before, edited);
    return finished((await runJson(project)).events);
  };
  expect(await after('[1, 4, 20]', '[1, 5, 20]')).toEqual(['compare', ...student(5)]);
  expect(await after('[1, 5, 20]', '[20, 1, 5]')).toEqual([]);
  expect(await after('[20, 1, 5]', '[1, 2, 5, 20]')).toEqual(['compare', ...student(2)]);
  // Replicate 0 is what there was.
  expect(await after('count: 1', 'count: 2')).toEqual(
    ['compare', ...[1, 2, 5, 20].flatMap((temperature) => student(temperature, 1))].sort(),
  );
}, 120_000);

const loads = `version: 1
name: loads
stages:
  load-data:
    type: load-data
    matrix:
      size: [{ name: a, images: 64 }, { name: b, images: 64 }, { name: c, images: 32 }]
    with:
      dataset: mnist-10k
      split:
        train: \${matrix.size.images}
        validation: 10
        test: 10
`;

test('a name stands for all variants, for one, or for those with some values', async () => {
  const project = await newProject({ 'tiny.yaml': loads });
  const one = await runJson(project, 'load-data@size=c');
  expect(finished(one.events)).toEqual(['load-data@size=c']);
  const all = await runJson(project, 'load-data', '-j', '3');
  const ended = all.events.filter(({ type }) => type === 'stage-finished' || type === 'stage-reused');
  expect(ended.map(({ stage }) => stage).sort()).toEqual(['a', 'b', 'c'].map((size) => `load-data@size=${size}`));
  // What two of them would make is the same, and is made once.
  expect(finished(all.events)).toHaveLength(1);

  const wrong = await project.pipeline('run', 'tiny.yaml', 'load-data@size=d', '--force', 'lod-data');
  expect(wrong.exitCode).toBe(2);
  expect(wrong.stderr).toContain('did you mean "load-data@size=a"?');
  expect(wrong.stderr).toContain('did you mean "load-data"?');

  const why = await project.pipeline('why', 'tiny.yaml', 'load-data', '--json');
  expect((JSON.parse(why.stdout) as { stage: string }[]).map(({ stage }) => stage)).toHaveLength(3);
  const got = await project.pipeline('get', 'latest', 'load-data', '-o', 'out', '--json');
  const { files } = JSON.parse(got.stdout) as { files: { path: string }[] };
  expect(new Set(files.map(({ path }) => path.split('/')[0])).size).toBe(3);
  expect((await project.pipeline('logs', 'latest', 'load-data')).stdout).toContain('load-data@size=b');
}, 60_000);
