import { expect, test } from '@jest/globals';
import { tinyLoad, writeTinyFiles } from '../stages/tiny-data.ts';
import { newProject } from './project.ts';

const pipeline = `version: 1
name: data
params: { seed: 1 }
stages:
${tinyLoad}  copies:
    type: transform-data
    needs: { data: load }
    with: { onlyClasses: [1, 2], copies: 2, augmentation: { jitter: 1, crop: 1 } }
  train:
    type: train-student
    needs: { data: copies }
    with: { model: [flatten, { dense: 3 }], batchSize: 20, epochs: 1 }
`;

/** Each row is an edit of the pipeline above, and what is no longer found after it. */
const edits: readonly { edit: string; before: string; after: string; stale: readonly string[] }[] = [
  { edit: 'another class', before: '[1, 2]', after: '[0, 1]', stale: ['copies', 'train'] },
  { edit: 'the order of classes', before: '[1, 2]', after: '[2, 1]', stale: [] },
  { edit: 'which classes go', before: 'onlyClasses: [1, 2]', after: 'withoutClasses: 1', stale: ['copies', 'train'] },
  { edit: 'more copies', before: 'copies: 2', after: 'copies: 3', stale: ['copies', 'train'] },
  { edit: 'a longer jitter', before: 'jitter: 1', after: 'jitter: 2', stale: ['copies', 'train'] },
  { edit: 'no jitter', before: 'jitter: 1', after: 'jitter: 0', stale: ['copies', 'train'] },
  { edit: 'a crop written out', before: 'crop: 1', after: 'crop: { padding: 1, fill: zero }', stale: [] },
  { edit: 'another fill', before: 'crop: 1', after: 'crop: { padding: 1, fill: edge }', stale: ['copies', 'train'] },
  { edit: 'a flip', before: 'crop: 1', after: 'crop: 1, flip: horizontal', stale: ['copies', 'train'] },
  {
    edit: 'a bound on weights',
    before: 'dense: 3',
    after: 'dense: { units: 3, kernelConstraint: { maxNorm: 15 } }',
    stale: ['train'],
  },
  { edit: 'no bound, written out', before: 'dense: 3', after: 'dense: { units: 3 }', stale: [] },
  {
    edit: 'images that are moved in training',
    before: 'batchSize: 20',
    after: 'batchSize: 20, augmentation: { jitter: 1 }',
    stale: ['train'],
  },
  {
    edit: 'images that are moved in training by nothing',
    before: 'batchSize: 20',
    after: 'batchSize: 20, augmentation: { jitter: 0 }',
    stale: [],
  },
  { edit: 'the seed', before: 'seed: 1', after: 'seed: 2', stale: ['copies', 'train'] },
  { edit: 'the seed, written out', before: 'copies: 2,', after: 'copies: 2, seed: 1,', stale: [] },
];

test('an edit of what a data set or a training is made of makes stale what it touches, and nothing else', async () => {
  const project = await newProject({ 'data.yaml': pipeline });
  writeTinyFiles(project.folder);
  expect((await project.pipeline('run', 'data.yaml')).exitCode).toBe(0);

  const seen = [];
  for (const { edit, before, after } of edits) {
    await project.edit('data.yaml', before, after);
    const { stdout } = await project.pipeline('plan', 'data.yaml', '--json');
    const { stages } = JSON.parse(stdout) as { stages: { stage: string; status: string }[] };
    seen.push({ edit, stale: stages.filter(({ status }) => status !== 'hit').map(({ stage }) => stage) });
    await project.write('data.yaml', pipeline);
  }
  expect(seen).toEqual(edits.map(({ edit, stale }) => ({ edit, stale })));
}, 120_000);
