import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { tinyLoad, writeTinyFiles } from '../stages/tiny-data.ts';
import { newProject } from './project.ts';
import type { Project } from './project.ts';
import type { Events } from './tiny-pipeline.ts';

const exporting = `version: 1
name: exporting
params: { seed: 1 }
stages:
${tinyLoad}  student:
    type: train-student
    needs: { data: load }
    with: { model: [flatten, { dense: { units: 8, activation: relu } }, { dense: 3 }], batchSize: 20, epochs: 1 }
  export:
    type: export-model
    needs: { data: load, model: student }
    with: { quantization: uint8 }
gates:
  export.validation.agreement: '>= 0.9'
`;

async function ran(project: Project): Promise<string[]> {
  const { stdout, exitCode } = await project.pipeline('run', 'p.yaml', '--json');
  expect(exitCode).toBe(0);
  const events = stdout.split('\n').map((line) => JSON.parse(line) as Events[number]);
  return events.filter(({ type }) => type === 'stage-finished').map(({ stage }) => String(stage));
}

test('an export is a stage as any other, and `get` brings it out', async () => {
  const project = await newProject({ 'p.yaml': exporting });
  writeTinyFiles(project.folder);
  expect(await ran(project)).toEqual(['load', 'student', 'export']);
  const { stdout } = await project.pipeline('get', 'latest', 'export', '-o', 'web');
  expect(stdout.split('\n').sort()).toEqual(
    ['README.md', 'group1-shard1of1.bin', 'index.html', 'model.json', 'page-model.js', 'page.js'].map(
      (name) => `web/${name}`,
    ),
  );
  await project.edit('p.yaml', 'quantization: uint8', 'quantization: uint8, splits: [validation], page: true');
  expect(await ran(project)).toEqual([]);
  await project.edit('p.yaml', 'quantization: uint8', 'quantization: uint16');
  expect(await ran(project)).toEqual(['export']);
  await project.edit('p.yaml', 'page: true', 'page: false');
  expect(await ran(project)).toEqual(['export']);

  await project.edit('p.yaml', 'gates:', `${importing}gates:`);
  expect(await ran(project)).toEqual(['import']);
  renameSync(project.path('web'), project.path('renamed'));
  await project.write('p.yaml', (await project.read('p.yaml')).replaceAll('web/', 'renamed/'));
  expect(await ran(project)).toEqual([]);
  const shard = project.path('renamed/group1-shard1of1.bin');
  const bytes = readFileSync(shard);
  bytes.writeUInt8(bytes.readUInt8(3) ^ 1, 3);
  writeFileSync(shard, bytes);
  expect(await ran(project)).toEqual(['import']);
}, 90_000);

const importing = `  import:
    type: import-model
    needs: { data: load }
    with: { model: web/model.json, weights: web/group1-shard1of1.bin }
`;
