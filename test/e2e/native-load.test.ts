import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { newProject, type Project } from './project.ts';

const root = 'node_modules/@tensorflow/tfjs-node';

const pipeline = `version: 1
name: small
stages:
  load-data:
    type: load-data
    with: { dataset: mnist-10k, split: { train: 64, validation: 32, test: 32 } }
  train-teacher:
    type: train-teacher
    needs: { data: load-data }
    with:
      model: [flatten, { dense: 10 }]
      batchSize: 32
      epochs: 1
`;

/** A project whose native backend does this when it is loaded. */
async function projectWith(main: string, env: Readonly<Record<string, string>> = {}): Promise<Project> {
  const project = await newProject({ 'small.yaml': pipeline }, { PIPELINE_NATIVE_FOLDER: '/nowhere', ...env });
  mkdirSync(project.path(`${root}/lib/napi-v8`), { recursive: true });
  await project.write(`${root}/package.json`, '{ "version": "4.22.0", "main": "main.js" }');
  await project.write(`${root}/lib/napi-v8/tfjs_binding.node`, '');
  await project.write(`${root}/main.js`, main);
  return project;
}

const loadsOnly = `version: 1
name: small
stages:
  load-data:
    type: load-data
    with: { dataset: mnist-10k, split: { train: 64, validation: 32, test: 32 } }
`;

const HANGS = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);';

describe('a native backend that does not load is the problem of the stage that needs it', () => {
  test('that hangs: its process is ended, and the others go on', async () => {
    const project = await projectWith(HANGS, { PIPELINE_NATIVE_PATIENCE: '1.5' });
    const { exitCode, stdout, stderr } = await project.pipeline('run', 'small.yaml', '--backend', 'native');
    expect(exitCode).toBe(1);
    expect(stdout + stderr).toContain('the native backend did not load within 1.5 s');
    expect(stdout + stderr).toContain('--backend wasm needs no installation');
    expect((await project.pipeline('run', 'small.yaml', '--backend', 'wasm')).exitCode).toBe(0);
  });

  test('that crashes', async () => {
    const project = await projectWith("process.kill(process.pid, 'SIGSEGV'); for (;;) ;");
    const { exitCode, stdout, stderr } = await project.pipeline('run', 'small.yaml', '--backend', 'native');
    expect(exitCode).toBe(1);
    expect(stdout + stderr).toContain("the stage's process was ended by SIGSEGV");
    expect(stdout + stderr).toContain('the native backend was loading');
  });

  test('that is none: told as such, and not as one that took too long', async () => {
    const project = await projectWith('', { PIPELINE_NATIVE_PATIENCE: '20' });
    const { exitCode, stdout, stderr } = await project.pipeline('run', 'small.yaml', '--backend', 'native');
    expect(exitCode).toBe(1);
    expect(stdout + stderr).toContain('did not load');
    expect(stdout + stderr).not.toContain('within');
  });
});

describe('auto tries the native backend once, in a process of its own', () => {
  const counts = "require('node:fs').appendFileSync(require('node:path').join(__dirname, 'loads'), 'x');";
  const loads = (project: Project): Promise<string> => project.read(`${root}/loads`);

  test.each([
    ['hangs', HANGS],
    ['crashes', "process.kill(process.pid, 'SIGSEGV'); for (;;) ;"],
  ])('and takes WASM where it %s', async (_, main) => {
    const project = await projectWith(counts + main, { PIPELINE_NATIVE_PATIENCE: '2' });
    const first = await project.pipeline('run', 'small.yaml', '--backend', 'auto');
    expect(first.stdout).toContain('2 stages ran, 0 reused (wasm)');
    expect(first.exitCode).toBe(0);
    const second = await project.pipeline('run', 'small.yaml', '--backend', 'auto');
    expect(second.stdout).toContain('0 stages ran, 2 reused (wasm)');
    expect(await loads(project)).toBe('x');
  });

  test('and takes native where it computes, until it is installed anew', async () => {
    const repository = JSON.stringify(join(import.meta.dirname, '../../package.json'));
    const project = await projectWith(`${counts}
      const ours = require('node:module').createRequire(${repository});
      const tf = ours('@tensorflow/tfjs-core');
      const { MathBackendCPU } = ours('@tensorflow/tfjs-backend-cpu');
      tf.env().set('IS_TEST', true);
      tf.registerBackend('tensorflow', () => Object.assign(new MathBackendCPU(), { binding: { TF_Version: '9.8.7' } }));
      tf.copyRegisteredKernels('cpu', 'tensorflow');
    `);
    await project.write('small.yaml', loadsOnly);
    const run = async (): Promise<string> => (await project.pipeline('run', 'small.yaml', '--backend', 'auto')).stdout;
    expect(await run()).toContain('1 stage ran, 0 reused (native)');
    expect(await run()).toContain('0 stages ran, 1 reused (native)');
    expect(await loads(project)).toBe('x');
    await project.write(`${root}/lib/napi-v8/tfjs_binding.node`, 'another one');
    expect(await run()).toContain('0 stages ran, 1 reused (native)');
    expect(await loads(project)).toBe('xx');
  });
});
