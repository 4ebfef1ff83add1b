import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { BackendUnavailable, loadBackend } from '../../src/tensor/backend.ts';
import { describeBackend, ownNativeFolder, probeNative } from '../../src/tensor/facts.ts';
import * as tf from '../../src/tensor/tf.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backend-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('wasm', () => {
  test('loads with SIMD and one thread, silently, twice, and leaves the process its handlers', async () => {
    const output = [jest.spyOn(console, 'warn'), jest.spyOn(console, 'log'), jest.spyOn(console, 'error')];
    const handlers = process.listenerCount('uncaughtException');
    const facts = await loadBackend('wasm');
    expect(facts).toEqual({ name: 'wasm', tfjsVersion: tf.version_core, threads: 1, simd: true, arch: process.arch });
    expect(await loadBackend('wasm')).toEqual(facts);
    expect(tf.getBackend()).toBe('wasm');
    expect(process.listenerCount('uncaughtException')).toBe(handlers);
    for (const spy of output) expect(spy).not.toHaveBeenCalled();
  });

  test('is described without being loaded', () => {
    expect(describeBackend('wasm')).toEqual({
      ...{ backend: 'wasm', tfjs: tf.version_core, arch: process.arch, threads: 1 },
      node: Number(process.versions.node.split('.')[0]),
    });
  });
});

describe('native', () => {
  test('a package without its addon is noticed, and told with what to do', async () => {
    await install();
    expect(probeNative(folder)).toMatchObject({ installed: true, addon: false, version: '4.22.0' });
    const problem: unknown = await loadBackend('native', folder).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(BackendUnavailable);
    expect(problem).toMatchObject({ backend: 'native', message: expect.stringContaining('addon is missing') });
    expect((problem as BackendUnavailable).remedy).toContain('pipeline doctor --install-native');
  });

  test('an addon that does not load is told with its cause', async () => {
    const root = await install();
    await mkdir(join(root, 'lib', 'napi-v8'), { recursive: true });
    await writeFile(join(root, 'lib', 'napi-v8', 'tfjs_binding.node'), '');
    expect(probeNative(folder)).toMatchObject({ installed: true, addon: true });
    const problem = (await loadBackend('native', folder).catch((error: unknown) => error)) as BackendUnavailable;
    expect(problem).toBeInstanceOf(BackendUnavailable);
    expect(problem.message).toContain('did not load: no addon for you');
    expect(problem.cause).toBeInstanceOf(Error);
  });

  test("libtensorflow's version is read from its file, and is part of the description", async () => {
    const root = await install();
    await mkdir(join(root, 'deps', 'lib'), { recursive: true });
    for (const name of [
      'libtensorflow.so',
      'libtensorflow.so.2',
      'libtensorflow.so.2.9.1',
      'libtensorflow_framework.so.2',
    ]) {
      await writeFile(join(root, 'deps', 'lib', name), '');
    }
    expect(probeNative(folder).libtensorflow).toBe('2.9.1');
    expect(describeBackend('native', folder)).toMatchObject({ backend: 'native', libtensorflow: '2.9.1' });
  });

  test('what doctor has installed is found before all else, but only when it is recorded as whole', async () => {
    const chosen = process.env['PIPELINE_NATIVE_FOLDER'];
    process.env['PIPELINE_NATIVE_FOLDER'] = folder;
    try {
      const own = ownNativeFolder();
      const root = await install(own.package);
      await mkdir(join(root, 'lib', 'napi-v8'), { recursive: true });
      await writeFile(join(root, 'lib', 'napi-v8', 'tfjs_binding.node'), '');
      expect(probeNative()).not.toMatchObject({ addon: true });
      await writeFile(own.record, JSON.stringify({ libtensorflow: '2.21.0' }));
      expect(probeNative()).toMatchObject({ installed: true, addon: true, folder: root, libtensorflow: '2.21.0' });
      expect(describeBackend('native')).toMatchObject({ libtensorflow: '2.21.0', threads: availableParallelism() });
    } finally {
      process.env['PIPELINE_NATIVE_FOLDER'] = chosen;
    }
  });

  /** A package of that name that cannot work. */
  async function install(where = folder): Promise<string> {
    const root = join(where, 'node_modules', '@tensorflow', 'tfjs-node');
    await mkdir(root, { recursive: true });
    await writeFile(join(root, 'package.json'), JSON.stringify({ version: '4.22.0', main: 'main.js' }));
    await writeFile(join(root, 'main.js'), "throw new Error('no addon for you');");
    return root;
  }
});
