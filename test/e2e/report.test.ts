import { rm, stat } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { newProject } from './project.ts';
import { tinyPipeline } from './tiny-pipeline.ts';

test('a report is one file with its data, which is replaced by the next one, and nothing else is', async () => {
  const project = await newProject({ 'tiny.yaml': tinyPipeline, 'notes.html': 'mine' });
  expect(await project.pipeline('report')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('error[unknown-run]: there are no runs yet'),
  });
  expect((await project.pipeline('run', 'tiny.yaml')).exitCode).toBe(0);

  const first = await project.pipeline('report');
  expect(first).toMatchObject({ exitCode: 0, stderr: '' });
  expect(first.stdout).toMatch(/^report\.html: 1 run, \d+ KiB$/m);
  const html = await project.read('report.html');
  expect(html).not.toMatch(/<(?:script|link|img)[^>]+(?:src|href)=/);
  const { runs } = JSON.parse(dataIn(html)) as { runs: readonly Shown[] };
  expect(runs).toMatchObject([{ pipeline: 'tiny', status: 'succeeded', provenance: { params: { temperature: 4 } } }]);
  expect(runs[0]?.models.map(({ model }) => model)).toEqual(['teacher', 'student', 'baseline']);
  expect(runs[0]?.images).toMatchObject({ split: 'test', count: 100, temperature: 4, shape: [28, 28, 1] });

  const second = await project.pipeline('report', 'latest', '-o', 'out/again.html', '--json');
  const written = JSON.parse(second.stdout) as { file: string; bytes: number; runs: readonly string[] };
  expect(written).toMatchObject({ file: 'out/again.html', runs: [runs[0]?.id] });
  expect((await stat(project.path('out/again.html'))).size).toBe(written.bytes);

  expect((await project.pipeline('report')).exitCode).toBe(0);
  const foreign = await project.pipeline('report', '-o', 'notes.html');
  expect(foreign).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('error[would-overwrite]') });
  expect(await project.read('notes.html')).toBe('mine');
  expect((await project.pipeline('report', '-o', 'notes.html', '--force')).exitCode).toBe(0);
  expect(await project.pipeline('report', 'nothing', 'neither')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('2 problems'),
  });
}, 120_000);

test('what is gone from the store is missing in the report, and nothing else is', async () => {
  const project = await newProject({ 'tiny.yaml': tinyPipeline });
  expect((await project.pipeline('run', 'tiny.yaml')).exitCode).toBe(0);
  await rm(project.path('artifacts/objects'), { recursive: true });
  expect(await project.pipeline('report')).toMatchObject({ exitCode: 0, stderr: '' });
  const { runs } = JSON.parse(dataIn(await project.read('report.html'))) as { runs: readonly Shown[] };
  expect(runs[0]?.models).toHaveLength(3);
  expect(runs[0]).toMatchObject({ evaluations: [], curves: [{}, {}, {}] });
  expect(runs[0]).not.toHaveProperty('images');
}, 120_000);

interface Shown {
  readonly id: string;
  readonly models: readonly { readonly model: string }[];
  readonly images?: unknown;
}

function dataIn(html: string): string {
  return /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html)?.[1] ?? '';
}
