import { expect, test } from '@jest/globals';
import { newProject } from './project.ts';
import { ranIn, runJson, stages, tinyPipeline } from './tiny-pipeline.ts';

/** Each row is an edit of the pipeline as the rows before it left it, and what must run after it: that and nothing else. */
const edits: readonly { edit: string; before: string; after: string; runs: readonly string[] }[] = [
  {
    edit: 'the temperature',
    before: 'temperature: 4',
    after: 'temperature: 8',
    runs: ['train-student', 'evaluate'],
  },
  {
    edit: 'epochs of the student',
    before: 'epochs: 2 # of the student',
    after: 'epochs: 3 # of the student',
    runs: ['train-student', 'evaluate'],
  },
  {
    edit: 'epochs of the teacher',
    before: '      epochs: 1\n',
    after: '      epochs: 2\n',
    runs: ['train-teacher', 'predict-soft-labels', 'train-student', 'evaluate'],
  },
  { edit: 'a comment', before: '# of the student', after: '# a comment that says something else', runs: [] },
  {
    edit: 'the order of keys',
    before: '      batchSize: 32\n      epochs: 3',
    after: '      epochs: 3\n      batchSize: 32',
    runs: [],
  },
  { edit: 'a default, written out', before: 'method: hinton', after: '"method": "hinton"', runs: [] },
  {
    edit: 'another method',
    before: '"method": "hinton"',
    after: 'method: dkd',
    runs: ['train-student', 'evaluate'],
  },
  { edit: 'its defaults, written out', before: 'method: dkd', after: 'method: dkd\n        warmupEpochs: 0', runs: [] },
  {
    edit: 'a schedule',
    before: 'warmupEpochs: 0',
    after: 'beta: { linear: { from: 0, to: 8 } }',
    runs: ['train-student', 'evaluate'],
  },
  {
    edit: 'the method back',
    before: 'method: dkd\n        beta: { linear: { from: 0, to: 8 } }',
    after: 'method: hinton',
    runs: [],
  },
  { edit: 'the name of the pipeline', before: 'name: tiny', after: 'name: small', runs: [] },
  { edit: 'the teacher back', before: '      epochs: 2\n  predict', after: '      epochs: 1\n  predict', runs: [] },
  {
    edit: 'a residual block around a layer',
    before: '[flatten, { dense: { units: 16, activation: sigmoid } }, { dense: 10 }]\n      distillation',
    after:
      '[flatten, { residual: { layers: [{ dense: { units: 16, activation: sigmoid } }] } }, { dense: 10 }]\n      distillation',
    runs: ['train-student', 'evaluate'],
  },
  {
    edit: "the block's default, and a shorthand in it written out",
    before:
      '{ residual: { layers: [{ dense: { units: 16, activation: sigmoid } }] } }, { dense: 10 }]\n      distillation',
    after:
      '{ residual: { activation: linear, layers: [{ dense: { units: 16, useBias: true, activation: sigmoid } }] } }, { dense: 10 }]\n      distillation',
    runs: [],
  },
  {
    edit: 'the block away',
    before:
      '{ residual: { activation: linear, layers: [{ dense: { units: 16, useBias: true, activation: sigmoid } }] } }',
    after: '{ dense: { units: 16, activation: sigmoid } }',
    runs: [],
  },
  {
    edit: 'mutual learning',
    before: '{ dense: 10 }]\n      batchSize',
    after: '{ dense: 10 }]\n      distillation: { method: mutual }\n      batchSize',
    runs: ['train-baseline', 'evaluate'],
  },
  { edit: 'its default, written out', before: 'method: mutual', after: 'method: mutual, peers: 1', runs: [] },
  { edit: 'its peers', before: 'peers: 1', after: 'peers: 2', runs: ['train-baseline', 'evaluate'] },
  {
    edit: 'the temperature back',
    before: 'temperature: 8',
    after: 'temperature: 4',
    runs: ['train-student', 'evaluate'],
  },
];

test('an edit runs what it touches, and nothing else', async () => {
  const project = await newProject({ 'tiny.yaml': tinyPipeline });
  const first = await runJson(project);
  expect(first.exitCode).toBe(0);
  expect(ranIn(first.events)).toEqual(stages);
  expect(ranIn((await runJson(project)).events)).toEqual([]);

  const seen = [];
  for (const { edit, before, after } of edits) {
    await project.edit('tiny.yaml', before, after);
    const { events } = await runJson(project);
    seen.push({ edit, runs: ranIn(events) });
  }
  expect(seen).toEqual(edits.map(({ edit, runs }) => ({ edit, runs })));

  await project.write('tiny.yaml', tinyPipeline);
  expect(ranIn((await runJson(project)).events)).toEqual([]);
}, 180_000);

test('what a feature loss says is in the key, a default written out is not', async () => {
  const project = await newProject({ 'tiny.yaml': tinyPipeline });
  const run = async (): Promise<readonly string[]> => ranIn((await runJson(project, 'train-student')).events);
  await run();
  const slots = 'softLabels: predict-soft-labels }';
  await project.edit('tiny.yaml', slots, slots.replace(' }', ', teacher: train-teacher }'));
  const rows = [
    [
      '        alpha: 0.9\n',
      '        alpha: 0.9\n        features: [{ method: hint, student: dense, teacher: flatten }]\n',
      ['train-student'],
    ],
    ['teacher: flatten }]', 'teacher: flatten, weight: 1 }]\n        hintEpochs: 0', []],
    ['hintEpochs: 0', 'hintEpochs: 1', ['train-student']],
    ['teacher: flatten, weight: 1', 'teacher: dense, weight: 2', ['train-student']],
  ] as const;
  const seen = [];
  for (const [before, after] of rows) {
    await project.edit('tiny.yaml', before, after);
    seen.push({ after, runs: await run() });
  }
  expect(seen).toEqual(rows.map(([, after, runs]) => ({ after, runs })));
}, 180_000);

test('--set, --force and targets run what they say', async () => {
  const project = await newProject({ 'tiny.yaml': tinyPipeline });
  expect(ranIn((await runJson(project, 'train-teacher')).events)).toEqual(['load-data', 'train-teacher']);
  expect(ranIn((await runJson(project, 'predict-soft-labels', '--force', 'train-teacher')).events)).toEqual([
    // The same weights again: what needs them is told by content, so that only what never ran runs.
    'train-teacher',
    'predict-soft-labels',
  ]);
  const all = await runJson(project, '-j', '2');
  expect(ranIn(all.events)).toEqual(['train-student', 'train-baseline', 'evaluate']);
  expect(ranIn((await runJson(project, '--set', 'temperature=2.5')).events)).toEqual(['train-student', 'evaluate']);
  expect(ranIn((await runJson(project, '--force', 'train-baseline')).events)).toEqual(['train-baseline']);
}, 180_000);
