import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { tinyLoad, writeTinyFiles } from '../stages/tiny-data.ts';
import { testedBackend } from '../tested-backend.ts';
import { newProject, type Project } from './project.ts';
import type { Events } from './tiny-pipeline.ts';

const fixtures = join(import.meta.dirname, '../fixtures/saved-model');

const pipeline = `version: 1
name: saved
backend: native
params: { seed: 1 }
stages:
${tinyLoad}  teacher:
    type: predict-saved-model
    needs: { data: load }
    with: { model: teacher/keras }
  student:
    type: train-student
    needs: { data: load, softLabels: teacher }
    with: { model: [flatten, { dense: 3 }], distillation: { method: hinton }, batchSize: 20, epochs: 1 }
`;

async function ran(project: Project): Promise<string[]> {
  const { stdout, exitCode } = await project.pipeline('run', 'p.yaml', '--json');
  const events = stdout.split('\n').map((line) => JSON.parse(line) as Events[number]);
  expect({ exitCode, last: events.at(-1) }).toMatchObject({ exitCode: 0, last: { status: 'succeeded' } });
  return events.filter(({ type }) => type === 'stage-finished').map(({ stage }) => String(stage));
}

test('on another backend it is refused before anything runs, with what to do', async () => {
  const project = await newProject({ 'p.yaml': pipeline.replace('backend: native\n', '') });
  for (const args of [['validate'], ['plan'], ['run'], ['run', '--backend', 'wasm']]) {
    const [name = '', ...flags] = args;
    const { exitCode, stderr } = await project.pipeline(name, 'p.yaml', ...flags);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/predict-saved-model runs on the native backend, and this pipeline on wasm/);
    expect(stderr).toMatch(/p\.yaml:\d+:11[^]*write `backend: native`[^]*import-soft-labels/);
  }
  if (testedBackend === 'native') return;
  const auto = await project.pipeline('run', 'p.yaml', '--backend', 'auto');
  expect(auto.exitCode).toBe(2);
  expect(auto.stderr).toMatch(/`auto` found that it does not load here/);
}, 60_000);

const plugin = `
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineStageType } from 'distill-pipeline';

export default defineStageType({
  name: 'letters',
  description: 'Counts letters.',
  output: 'letters',
  determinism: 'bitwise',
  schema: { required: ['texts'], properties: { texts: { type: 'string' } } },
  keyOptions: () => ({}),
  externalFiles: ({ texts }) => [{ name: 'texts', path: String(texts), pointer: '/with/texts', isFolder: true }],
  async run({ options, resolvePath }) {
    const folder = resolvePath(String(options['texts']));
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return { metrics: { letters: entries.map(({ parentPath, path, name }) => readFileSync(join(parentPath ?? path, name), 'utf8')).join('').length } };
  },
});
`;

test('a folder that a stage reads counts by what is in it, each file under its path inside', async () => {
  const project = await newProject({
    'pipeline.config.yaml': 'plugins: [./plugin.ts]\n',
    'plugin.ts': plugin,
    'p.yaml': 'version: 1\nname: letters\nstages:\n  count:\n    type: letters\n    with: { texts: "some [texts]" }\n',
  });
  const put = (path: string, text: string): void => {
    writeFileSync(project.path(path), text);
  };
  const told = await project.pipeline('run', 'p.yaml');
  expect(told.stdout + told.stderr).toMatch(/"some \[texts\]" is not there/);
  mkdirSync(project.path('some [texts]/inner'), { recursive: true });
  put('some [texts]/a.txt', 'abc');
  put('some [texts]/inner/b.txt', 'de');
  expect(await ran(project)).toEqual(['count']);
  expect(await ran(project)).toEqual([]);

  put('some [texts]/c.txt', 'f');
  expect(await ran(project)).toEqual(['count']);
  rmSync(project.path('some [texts]/c.txt'));
  expect(await ran(project)).toEqual([]);
  put('some [texts]/inner/b.txt', 'ed');
  expect(await ran(project)).toEqual(['count']);
  put('some [texts]/inner/b.txt', 'de');
  renameSync(project.path('some [texts]/a.txt'), project.path('some [texts]/inner/a.txt'));
  expect(await ran(project)).toEqual(['count']);
  renameSync(project.path('some [texts]/inner/a.txt'), project.path('some [texts]/a.txt'));

  renameSync(project.path('some [texts]'), project.path('moved'));
  await project.edit('p.yaml', '"some [texts]"', 'moved');
  expect(await ran(project)).toEqual([]);
  await project.edit('p.yaml', 'texts: moved', 'texts: moved/a.txt');
  const file = await project.pipeline('run', 'p.yaml');
  expect(file.stdout + file.stderr).toMatch(/moved\/a\.txt is a file, where a folder is expected/);
}, 60_000);

(testedBackend === 'native' ? describe : describe.skip)('on the native backend (npm run test:native)', () => {
  test('a student learns from a SavedModel, which is known by its files', async () => {
    const project = await newProject({ 'p.yaml': pipeline });
    writeTinyFiles(project.folder);
    cpSync(fixtures, project.path('teacher'), { recursive: true });
    expect(await ran(project)).toEqual(['load', 'teacher', 'student']);
    expect(await ran(project)).toEqual([]);

    renameSync(project.path('teacher/keras'), project.path('teacher/moved'));
    await project.edit('p.yaml', 'teacher/keras', 'teacher/moved');
    expect(await ran(project)).toEqual([]);
    // Other files, and another way to the same numbers, or nearly.
    await project.edit('p.yaml', 'teacher/moved', 'teacher/graph');
    expect(await ran(project)).toContain('teacher');
    await project.edit('p.yaml', 'teacher/graph }', 'teacher/moved, layout: channelsLast }');
    expect(await ran(project)).toEqual([]);
    await project.edit('p.yaml', 'layout: channelsLast', 'normalize: { mean: 0.5, std: 0.25 }');
    expect(await ran(project)).toEqual(['teacher', 'student']);
    await project.edit('p.yaml', 'mean: 0.5', 'mean: [0.5]');
    expect(await ran(project)).toEqual([]);

    const index = project.path('teacher/moved/variables/variables.index');
    writeFileSync(index, Buffer.concat([readFileSync(index), Buffer.from('x')]));
    const damaged = await project.pipeline('run', 'p.yaml');
    expect(damaged.exitCode).toBe(1);
    expect(damaged.stdout).toMatch(/teacher\/moved is not loaded by TensorFlow/);
  }, 180_000);
});
