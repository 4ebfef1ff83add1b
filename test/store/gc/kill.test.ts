import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { sha256 } from '../../../src/base/hash.ts';
import { walkFolder } from '../../../src/base/walk.ts';
import { openLocalStore } from '../../../src/store/local-store.ts';
import { bundle } from '../../base/bundle.ts';
import { temporaryFolder } from '../../base/temporary-folder.ts';
import { contentOf, RESULTS } from '../fill-content.ts';
import { key } from '../records.ts';

/** `PIPELINE_TEST_KILLS=500` for a long look. */
const KILLS = Number(process.env['PIPELINE_TEST_KILLS'] ?? 8);

test('a gc killed at any moment leaves whole results, and the next one leaves nothing else', async () => {
  const folder = `${temporaryFolder()}/store`;
  const program = bundle('test/store/gc/gc-much.ts');
  let whole = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const process = spawn(globalThis.process.execPath, [program, folder, '1000'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(process.stdout, 'data');
    await sleep(Math.random() * 100);
    process.kill('SIGKILL');
    await once(process, 'exit');
    whole += await wholeResults(folder);
  }
  expect(whole).toBeGreaterThan(0);

  const last = spawn(process.execPath, [program, folder, '1'], { stdio: 'inherit' });
  expect(await once(last, 'exit')).toEqual([0, null]);
  expect(await wholeResults(folder)).toBeGreaterThan(0);
  expect(readdirSync(`${folder}/tmp`)).toEqual([]);
  expect(readdirSync(`${folder}/locks`)).toEqual([]);
  expect(await unnamedObjects(folder)).toEqual([]);
}, 600_000);

/** How many there are; each object is what its name says, and no record lacks one. */
async function wholeResults(folder: string): Promise<number> {
  if (existsSync(`${folder}/objects`)) {
    for (const { path } of await walkFolder(`${folder}/objects`))
      expect(sha256(readFileSync(`${folder}/objects/${path}`))).toBe(path.replace('/', ''));
  }
  const store = await openLocalStore(folder);
  let found = 0;
  for (const name of RESULTS) {
    const record = await store.record(key(name));
    if (record === undefined) continue;
    found++;
    expect(await store.lookup(record.key)).toEqual(record);
    const texts = Object.values(contentOf(name));
    expect(record.artifact.files.map(({ digest }) => digest).sort()).toEqual(texts.map(sha256).sort());
  }
  return found;
}

async function unnamedObjects(folder: string): Promise<readonly string[]> {
  const named = new Set<string>();
  for await (const record of (await openLocalStore(folder)).records())
    for (const { digest } of record.artifact.files) named.add(digest);
  return (await walkFolder(`${folder}/objects`))
    .map(({ path }) => path.replace('/', ''))
    .filter((name) => !named.has(name));
}
