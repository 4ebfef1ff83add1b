import { describe, expect, test } from '@jest/globals';
import { testedBackend } from '../tested-backend.ts';
import { newProject } from './project.ts';
import { tinyPipeline } from './tiny-pipeline.ts';

interface Report {
  readonly checks: readonly { readonly name: string; readonly status: string; readonly found: string }[];
}

(testedBackend === 'native' ? describe : describe.skip)('a run on the native backend (npm run test:native)', () => {
  test('trains, is reused, shares nothing with WASM but what no backend computes; doctor finds it as it is', async () => {
    const project = await newProject({ 'tiny.yaml': tinyPipeline });
    const first = await project.pipeline('run', 'tiny.yaml', '--backend', 'native');
    expect(first.stdout).toMatch(/6 stages ran, 0 reused \(native\)/);
    expect(first.exitCode).toBe(0);
    expect((await project.pipeline('run', 'tiny.yaml', '--backend', 'auto')).stdout).toContain('6 reused');
    expect((await project.pipeline('run', 'tiny.yaml', '--backend', 'wasm')).stdout).toMatch(
      /5 stages ran, 1 reused \(wasm\)/,
    );

    const { checks } = JSON.parse((await project.pipeline('doctor', '--json')).stdout) as Report;
    expect(checks.find(({ name }) => name === 'native backend')).toMatchObject({
      status: 'ok',
      found: expect.stringMatching(/libtensorflow \d+\.\d+\.\d+, threads: \d+, matrix product \d+ GFLOP\/s/) as unknown,
    });
  }, 120_000);
});
