import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { execa } from 'execa';
import { newProject } from './project.ts';
import { tinyPipeline } from './tiny-pipeline.ts';

const root = join(import.meta.dirname, '../..');
const program = join(root, 'examples/library/best-temperature.mjs');

test('examples/library runs pipelines, and its teacher once', async () => {
  const project = await newProject({ 'tiny.yaml': tinyPipeline, 'package.json': '{ "type": "module" }' });
  await mkdir(project.path('node_modules'));
  await symlink(root, project.path('node_modules/distill-pipeline'));
  await symlink(program, project.path('best-temperature.mjs'));
  const run = (...args: string[]) =>
    execa(process.execPath, ['--preserve-symlinks', '--preserve-symlinks-main', 'best-temperature.mjs', ...args], {
      cwd: project.folder,
      reject: false,
    });
  const found = await run('tiny.yaml', '2', '4');
  expect({ exitCode: found.exitCode, stderr: found.stderr.split('\n') }).toEqual({
    exitCode: 0,
    stderr: expect.arrayContaining(['temperature 2: train-teacher', 'temperature 4: train-student']) as unknown,
  });
  expect(found.stderr).not.toContain('temperature 4: train-teacher');
  expect(found.stdout).toMatch(/^best on validation: temperature [24]$/m);
  const wrong = await run('gone.yaml', '2');
  expect(wrong.exitCode).toBe(2);
  expect(wrong.stderr).toContain('error[file-missing]: gone.yaml does not exist');
}, 120_000);
