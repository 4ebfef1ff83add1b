import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';
import { execa } from 'execa';
import { command, newProject } from './project.ts';
import { tinyPipeline } from './tiny-pipeline.ts';

const library = pathToFileURL(join(dirname(command), 'index.js')).href;

/** What somebody writes who uses the package from Node. */
const script = `
import { planPipeline, readPipeline, runPipeline } from '${library}';
const events = [];
const finished = await runPipeline('tiny.yaml', {
  targets: ['train-baseline'],
  set: ['seed=7'],
  jobs: 1,
  onEvent: (event) => events.push(event.type),
});
const plan = await planPipeline('tiny.yaml', { set: ['seed=7'] });
const read = await readPipeline({ file: 'gone.yaml' });
const cancelled = await runPipeline('tiny.yaml', { signal: AbortSignal.abort(new Error('no more')) });
console.log(JSON.stringify({
  status: finished.value.status,
  stages: finished.value.record.stages.map(({ id, status }) => [id, status]),
  first: events[0],
  last: events.at(-1),
  epochs: events.filter((type) => type === 'epoch-ended').length,
  plan: plan.value.stages.map(({ stage, status }) => [stage, status]),
  problems: read.error.map(({ code }) => code),
  cancelled: cancelled.value.status,
}));
`;

test('the library runs, plans and reads pipelines, and problems are values', async () => {
  const project = await newProject({ 'tiny.yaml': tinyPipeline, 'use.mjs': script });
  const { stdout, stderr } = await execa(process.execPath, ['use.mjs'], { cwd: project.folder });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({
    status: 'succeeded',
    stages: [
      ['load-data', 'ran'],
      ['train-baseline', 'ran'],
    ],
    first: 'run-started',
    last: 'run-finished',
    epochs: 2,
    plan: [
      ['load-data', 'hit'],
      ['train-teacher', 'miss'],
      ['predict-soft-labels', 'unknown'],
      ['train-student', 'unknown'],
      ['train-baseline', 'hit'],
      ['evaluate', 'unknown'],
    ],
    problems: ['file-missing'],
    cancelled: 'cancelled',
  });
}, 60_000);
