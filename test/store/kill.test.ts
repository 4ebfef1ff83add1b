import { expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, truncateSync, chmodSync, existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { sha256 } from '../../src/base/hash.ts';
import { walkFolder } from '../../src/base/walk.ts';
import type { Store } from '../../src/core/store.ts';
import { openLocalStore } from '../../src/store/local-store.ts';
import { bundle } from '../base/bundle.ts';
import { temporaryFolder } from '../base/temporary-folder.ts';
import { contentOf, RESULTS } from './fill-content.ts';
import { key } from './records.ts';

/** `PIPELINE_TEST_KILLS=500` for a long look. */
const KILLS = Number(process.env['PIPELINE_TEST_KILLS'] ?? 12);

it('a writer killed at any moment leaves whole results or none, and the next one completes them', async () => {
  const folder = `${temporaryFolder()}/store`;
  const program = bundle('test/store/fill.ts');
  let whole = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const writer = spawn(process.execPath, [program, folder, '1000'], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(writer.stdout, 'data');
    await sleep(Math.random() * 60);
    writer.kill('SIGKILL');
    await once(writer, 'exit');
    const store = await openLocalStore(folder);
    await everyObjectIsWhatItsNameSays(folder);
    whole += await wholeResults(store);
    await undo(store, folder, kill);
  }
  expect(whole).toBeGreaterThan(0);
  expect(whole).toBeLessThan(KILLS * RESULTS.length);

  const last = spawn(process.execPath, [program, folder, '1'], { stdio: 'inherit' });
  expect(await once(last, 'exit')).toEqual([0, null]);
  expect(await wholeResults(await openLocalStore(folder))).toBe(RESULTS.length);
  expect(readdirSync(`${folder}/tmp`)).toEqual([]);
}, 600_000);

/** How many there are; each of them has to be right to the last byte. */
async function wholeResults(store: Store): Promise<number> {
  let found = 0;
  for (const name of RESULTS) {
    const record = await store.lookup(key(name));
    if (record === undefined) continue;
    found++;
    const expected = Object.entries(contentOf(name)).map(([path, text]) => ({
      path,
      digest: sha256(text),
      bytes: text.length,
    }));
    expect([...record.artifact.files]).toEqual(expected.sort((a, b) => (a.path < b.path ? -1 : 1)));
    for (const file of record.artifact.files) {
      expect(sha256(readFileSync(await store.objectPath(file.digest)))).toBe(file.digest);
    }
  }
  return found;
}

async function everyObjectIsWhatItsNameSays(folder: string): Promise<void> {
  if (!existsSync(`${folder}/objects`)) return;
  for (const { path } of await walkFolder(`${folder}/objects`)) {
    expect(sha256(readFileSync(`${folder}/objects/${path}`))).toBe(path.replace('/', ''));
  }
}

/** Takes something away again, by turns, so that the next writer has everything to do: new results, and damaged ones. */
async function undo(store: Store, folder: string, turn: number): Promise<void> {
  if (turn % 3 === 0) rmSync(`${folder}/keys`, { recursive: true, force: true });
  if (turn % 3 === 1) rmSync(`${folder}/objects`, { recursive: true, force: true });
  for await (const record of store.records()) {
    if (turn % 3 !== 2) continue;
    const path = `${folder}/keys/${record.key.slice(0, 2)}/${record.key.slice(2)}.json`;
    chmodSync(path, 0o644);
    truncateSync(path, 50);
  }
}
