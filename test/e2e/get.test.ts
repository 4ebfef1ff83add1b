import { lstatSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { newProject } from './project.ts';
import { tinyPipeline } from './tiny-pipeline.ts';

test('get overwrites no other content unless it is told to, and then writes through no link', async () => {
  const project = await newProject({ 'tiny.yaml': tinyPipeline });
  await project.pipeline('run', 'tiny.yaml', 'load-data');
  const get = (...more: string[]) => project.pipeline('get', 'latest', 'load-data', '-o', 'out', ...more);
  expect((await get()).exitCode).toBe(0);
  const files = readdirSync(project.path('out'));
  const [first = '', second = ''] = files;
  const inode = (file: string): number => lstatSync(project.path(`out/${file}`)).ino;

  // The same content is no loss, nor is a link to it.
  expect((await get()).exitCode).toBe(0);

  await project.write(`out/${first}`, 'mine');
  await project.write('elsewhere', 'mine too');
  rmSync(project.path(`out/${second}`));
  symlinkSync('../elsewhere', project.path(`out/${second}`));
  rmSync(project.path(`out/${files.at(-1) ?? ''}`));
  const refused = await get();
  expect(refused).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: expect.stringContaining(`other content would be lost: out/${first}, out/${second}`) as unknown,
  });
  expect(refused.stderr).toContain('--force');
  expect(JSON.parse((await get('--json')).stdout)).toMatchObject({ problems: [{ code: 'would-overwrite' }] });
  expect(await project.read(`out/${first}`)).toBe('mine');
  expect(readdirSync(project.path('out'))).toEqual(files.slice(0, -1));

  const before = inode(first);
  expect((await get('--force')).exitCode).toBe(0);
  expect(inode(first)).not.toBe(before);
  expect(await project.read('elsewhere')).toBe('mine too');
  expect(lstatSync(project.path(`out/${second}`)).isSymbolicLink()).toBe(false);
  expect(readdirSync(project.path('out'))).toEqual(files);

  rmSync(project.path(`out/${first}`));
  mkdirSync(project.path(`out/${first}`));
  expect(await get('--force')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('no file is in the way') as unknown,
  });
  await project.write('file', '');
  expect((await project.pipeline('get', 'latest', 'load-data', '-o', 'file', '--force')).exitCode).toBe(1);
  expect(statSync(project.path('file')).size).toBe(0);
}, 60_000);
