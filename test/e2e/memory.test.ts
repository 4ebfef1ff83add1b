import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterEach, describe, expect, test } from '@jest/globals';
import { temporaryFolder } from '../base/temporary-folder.ts';
import { type Project, newProject } from './project.ts';
import { digestsOf } from './store-content.ts';
import { tinyPipeline } from './tiny-pipeline.ts';

const folders: string[] = [];
afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

describe('PIPELINE_DATA_MEMORY', () => {
  test('a data set that is read from the store gives the bytes of one that is held in memory, and its keys', async () => {
    const project = await newProject({ 'tiny.yaml': tinyPipeline });
    const streamed = await newProject({ 'tiny.yaml': tinyPipeline }, { PIPELINE_DATA_MEMORY: '1KiB' });
    const [inMemory, inFile] = await Promise.all([project, streamed].map(digestsOfRun));
    expect(Object.keys(inMemory ?? {})).toHaveLength(6);
    expect(inFile).toEqual(inMemory);
    // The same keys: where the one has run, nothing is left for the other.
    const again = await newProject({ 'tiny.yaml': tinyPipeline }, { PIPELINE_DATA_MEMORY: '0' });
    await cp(project.path('artifacts'), again.path('artifacts'), { recursive: true, preserveTimestamps: true });
    const { stdout } = await again.pipeline('run', 'tiny.yaml');
    expect(stdout).toContain('0 stages ran, 6 reused');
  }, 120_000);

  test('that is no size is told before anything runs', async () => {
    const project = await newProject({ 'tiny.yaml': tinyPipeline }, { PIPELINE_DATA_MEMORY: 'much' });
    const { exitCode, stdout, stderr } = await project.pipeline('run', 'tiny.yaml');
    expect(stdout + stderr).toContain('the environment variable PIPELINE_DATA_MEMORY is "much", no size');
    expect(exitCode).toBe(2);
  });
});

async function digestsOfRun(project: Project): Promise<Readonly<Record<string, string>>> {
  const { exitCode, stdout } = await project.pipeline('run', 'tiny.yaml');
  expect(exitCode).toBe(0);
  return digestsOf(project.path('artifacts'), /runs\/(\S+)/.exec(stdout)?.[1] ?? '');
}

test('training on and predicting for 384 MiB of images takes less than that in memory, all in all', async () => {
  // Where the packages that it imports are found.
  const folder = await mkdtemp(join(process.cwd(), 'node_modules', '.memory-test-'));
  folders.push(folder);
  const outfile = join(folder, 'bundle.mjs');
  await build({
    entryPoints: ['test/distill/streamed-training.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  });
  const file = join(temporaryFolder(), 'images.bin');
  const peak = Number(execFileSync(process.execPath, [outfile, file, '384']));
  expect(peak).toBeGreaterThan(20);
  // In memory they would be 384 beside the 110 of Node and WASM. Node 20 takes 160, Node 24 collects batches later and takes up to 300.
  expect(peak).toBeLessThan(384);
}, 120_000);
