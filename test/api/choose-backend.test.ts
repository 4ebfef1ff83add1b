import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chooseBackend } from '../../src/api/choose-backend.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backend-'));
});

afterAll(() => rm(folder, { recursive: true }));

/** A folder with tfjs-node's files as its installation leaves them. */
async function installation(name: string, options: { addon: boolean }): Promise<string> {
  const project = join(folder, name);
  const package_ = join(project, 'node_modules/@tensorflow/tfjs-node');
  await mkdir(join(package_, 'lib/napi-v8'), { recursive: true });
  await writeFile(join(package_, 'package.json'), JSON.stringify({ name: '@tensorflow/tfjs-node', version: '4.22.0' }));
  if (options.addon) await writeFile(join(package_, 'lib/napi-v8/tfjs_binding.node'), '');
  return project;
}

describe('the backend', () => {
  test('is wasm where wasm is asked for, whatever is installed', async () => {
    expect(chooseBackend('wasm', await installation('both', { addon: true }))).toEqual({ ok: true, value: 'wasm' });
  });

  test('auto is native where it is installed, else wasm', async () => {
    expect(chooseBackend('auto', await installation('auto', { addon: true }))).toEqual({ ok: true, value: 'native' });
    expect(chooseBackend('auto', await installation('bare', { addon: false }))).toEqual({ ok: true, value: 'wasm' });
  });

  test('native without its addon is a problem that says what is missing and what to do', async () => {
    const chosen = chooseBackend('native', await installation('broken', { addon: false }));
    expect(chosen).toEqual({
      ok: false,
      error: {
        code: 'backend-unavailable',
        message:
          'the native backend was asked for, but @tensorflow/tfjs-node 4.22.0 is installed without its native addon',
        hint: expect.stringContaining('--backend wasm') as unknown,
      },
    });
  });
});
