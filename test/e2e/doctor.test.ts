import { describe, expect, test } from '@jest/globals';
import { mkdirSync } from 'node:fs';
import { newProject } from './project.ts';

interface Report {
  readonly ok: boolean;
  readonly checks: readonly { name: string; status: string; found: string; remedy?: string }[];
}

describe('doctor', () => {
  test('finds that pipelines run here: wasm loads, and of native it tells what is missing and what to do', async () => {
    const project = await newProject();
    const { exitCode, stdout } = await project.pipeline('doctor', '--json');
    expect(exitCode).toBe(0);
    const { ok, checks } = JSON.parse(stdout) as Report;
    expect(ok).toBe(true);
    expect(checks.map(({ name }) => name)).toEqual([
      'Node',
      'machine',
      'project',
      'store',
      'wasm backend',
      'native backend',
    ]);
    const wasm = checks.find(({ name }) => name === 'wasm backend');
    expect(wasm).toMatchObject({
      status: 'ok',
      found: expect.stringMatching(/^loads in .*TensorFlow\.js 4\./) as unknown,
    });
    for (const check of checks)
      if (check.status !== 'ok') expect(check.remedy).toMatch(/^pipeline doctor --install-native$/);
    expect((await project.pipeline('doctor')).stdout).toMatch(/^✔ wasm backend +loads in /m);
  }, 60_000);

  test('says what is broken, with its remedy, and exits 1', async () => {
    const project = await newProject({ artifacts: 'a file where the store should be' });
    const { exitCode, stdout } = await project.pipeline('doctor');
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^✖ store +.*artifacts cannot be written to: .*\n +→ /m);
    expect(stdout).toMatch(/^Pipelines cannot run here until this is repaired: store\.$/m);
  }, 60_000);

  test('loads a native backend that is there: its own words are told where it fails', async () => {
    const root = 'node_modules/@tensorflow/tfjs-node';
    const project = await newProject();
    mkdirSync(project.path(`${root}/lib/napi-v8`), { recursive: true });
    const files = {
      [`${root}/package.json`]: JSON.stringify({ version: '4.22.0', main: 'main.js' }),
      [`${root}/main.js`]: 'throw new Error("no addon for you");',
      [`${root}/lib/napi-v8/tfjs_binding.node`]: '',
      'package.json': '{}',
    };
    for (const [file, text] of Object.entries(files)) await project.write(file, text);
    // Twice: the program's compiled code is kept by the first.
    for (let time = 1; time <= 2; time++) {
      const { stdout } = await project.pipeline('doctor');
      expect(stdout).toMatch(/^- native backend .*did not load: no addon for you$/m);
    }
  }, 60_000);
});
