import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { tinyLoad, writeTinyFiles } from '../stages/tiny-data.ts';
import { newProject } from './project.ts';
import type { Project } from './project.ts';
import type { Events } from './tiny-pipeline.ts';

const imported = `version: 1
name: imported
params: { seed: 1 }
stages:
${tinyLoad}  import:
    type: import-soft-labels
    needs: { data: load }
    with:
      files: { train: logits.csv }
  student:
    type: train-student
    needs: { data: load, softLabels: import }
    with: { model: [flatten, { dense: 3 }], distillation: { method: hinton }, batchSize: 20, epochs: 1 }
`;

async function ran(project: Project): Promise<string[]> {
  const { stdout } = await project.pipeline('run', 'p.yaml', '--json');
  const events = stdout.split('\n').map((line) => JSON.parse(line) as Events[number]);
  return events
    .filter(({ type }) => type === 'stage-finished' || type === 'stage-failed')
    .map(({ type, stage }) => (type === 'stage-failed' ? `${String(stage)} failed` : String(stage)));
}

/** Logits that name the labels, written for the images as `pipeline get` brings them out. */
async function writeLogits(project: Project): Promise<string[]> {
  await project.pipeline('run', 'p.yaml', 'load');
  await project.pipeline('get', 'latest', 'load', '-o', 'images');
  const labels = [...readFileSync(project.path(join('images', 'train-labels.bin')))];
  const lines = labels.map((label) => [0, 1, 2].map((each) => (each === label ? 3.5 : -1)).join());
  writeFileSync(project.path('logits.csv'), lines.join('\n'));
  return lines;
}

test('imported logits are a stage as any other: known by content, and refused where they do not fit', async () => {
  const project = await newProject({ 'p.yaml': imported });
  writeTinyFiles(project.folder);
  const lines = await writeLogits(project);
  expect(await ran(project)).toEqual(['import', 'student']);

  renameSync(project.path('logits.csv'), project.path('renamed.txt'));
  await project.edit('p.yaml', 'logits.csv', 'renamed.txt');
  expect(await ran(project)).toEqual([]);
  await project.edit('p.yaml', 'train: renamed.txt }', 'train: renamed.txt }\n      values: logits # the default');
  expect(await ran(project)).toEqual([]);

  writeFileSync(project.path('renamed.txt'), `zero,one,two\n${lines.join('\n')}\n`);
  // Other bytes, and the same logits: the student is told by content.
  expect(await ran(project)).toEqual(['import']);
  writeFileSync(project.path('renamed.txt'), lines.map((line) => line.replace('3.5', '4')).join('\n'));
  expect(await ran(project)).toEqual(['import', 'student']);

  const moved = [...lines.slice(1), ...lines.slice(0, 1)];
  writeFileSync(project.path('renamed.txt'), moved.join('\n'));
  const { exitCode, stdout, stderr } = await project.pipeline('run', 'p.yaml');
  expect(exitCode).toBe(1);
  expect(stdout + stderr).toMatch(/renamed\.txt agrees with the labels in \d\d\.\d% of the rows/);
  expect(stdout + stderr).toMatch(/order: trusted/);
  await project.edit('p.yaml', 'values: logits', 'order: trusted');
  expect(await ran(project)).toEqual(['import', 'student']);
}, 120_000);
