import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { loadBackend } from '../../src/tensor/backend.ts';
import * as tf from '../../src/tensor/tf.ts';
import { train } from './small-training.ts';
import { testedBackend } from '../tested-backend.ts';

describe('a small network of every layer type', () => {
  beforeAll(() => loadBackend(testedBackend));

  test('learns', () => {
    const { losses } = train(30);
    expect(losses.at(-1)).toBeLessThan(0.5 * losses[0]!);
  });

  test('leaves no tensor and no heap data behind, whatever the number of steps', () => {
    train(1);
    const count = (): number[] => [tf.memory().numTensors, tf.engine().backend.numDataIds()];
    const before = count();
    train(5);
    expect(count()).toEqual(before);
  });
});

describe('two processes', () => {
  const folder = mkdtemp(join(process.cwd(), 'node_modules', '.training-test-'));
  afterAll(async () => rm(await folder, { recursive: true }));

  test('train to the same bits', async () => {
    const outfile = join(await folder, 'run.mjs');
    await build({
      entryPoints: ['test/tensor/small-training-run.ts'],
      ...{ outfile, bundle: true, platform: 'node', format: 'esm', packages: 'external', logLevel: 'error' },
    });
    const run = async (): Promise<string> => (await promisify(execFile)(process.execPath, [outfile])).stdout;
    const [first, second] = await Promise.all([run(), run()]);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(second).toBe(first);
  });
});
