import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chooseBackend } from '../../src/api/choose-backend.ts';
import { rememberTrial, triedBefore } from '../../src/api/native-trial.ts';
import { probeNative } from '../../src/tensor/facts.ts';

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

function at(project: string): { readonly folder: string; readonly store: string } {
  return { folder: project, store: project };
}

describe('the backend', () => {
  test('is wasm where wasm is asked for, whatever is installed', async () => {
    expect(chooseBackend('wasm', at(await installation('both', { addon: true })))).toEqual({ ok: true, value: 'wasm' });
  });

  test('auto is wasm where native is not installed; an installed one is to be tried once', async () => {
    expect(chooseBackend('auto', at(await installation('bare', { addon: false })))).toEqual({
      ok: true,
      value: 'wasm',
    });
    const places = at(await installation('auto', { addon: true }));
    const native = probeNative(places.folder);
    const untried = { ok: true, value: { untried: native } };
    expect(chooseBackend('auto', places)).toEqual(untried);
    rememberTrial(places.store, native, true);
    expect(chooseBackend('auto', places)).toEqual({ ok: true, value: 'native' });
    rememberTrial(places.store, native, false);
    expect(chooseBackend('auto', places)).toEqual({ ok: true, value: 'wasm' });
    // Another addon is another matter.
    await writeFile(native.addonFile ?? '', 'built anew');
    expect(chooseBackend('auto', places)).toEqual(untried);
  });

  test('what did not load is tried again after an hour, what did is not', async () => {
    const places = at(await installation('later', { addon: true }));
    const native = probeNative(places.folder);
    const inTwoHours = async (): Promise<void> => {
      const file = join(places.store, 'native-trial.json');
      const trial = JSON.parse(await readFile(file, 'utf8')) as { readonly at: number };
      await writeFile(file, JSON.stringify({ ...trial, at: trial.at - 7_200_000 }));
    };
    rememberTrial(places.store, native, true);
    await inTwoHours();
    expect(triedBefore(places.store, native)).toBe(true);
    rememberTrial(places.store, native, false);
    await inTwoHours();
    expect(triedBefore(places.store, native)).toBeUndefined();
  });

  test('native without its addon is a problem that says what is missing and what to do', async () => {
    const chosen = chooseBackend('native', at(await installation('broken', { addon: false })));
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
