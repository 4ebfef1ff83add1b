import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { walkFolder } from '../../../src/base/walk.ts';
import { collectGarbage } from '../../../src/store/gc/collect.ts';
import { openLocalStore } from '../../../src/store/local-store.ts';
import { bundle } from '../../base/bundle.ts';
import { temporaryFolder } from '../../base/temporary-folder.ts';

/** `PIPELINE_TEST_KILLS=500` for a long look. */
const KILLS = Number(process.env['PIPELINE_TEST_KILLS'] ?? 4);

test('what writers leave that are killed while they replace a file goes when it is an hour old, and nothing else does', async () => {
  const folder = join(temporaryFolder(), 'store');
  await openLocalStore(folder);
  const program = bundle('test/store/gc/replace-much.ts');
  for (let kill = 0; kill < KILLS; kill++) {
    const writer = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(writer.stdout, 'data');
    await sleep(Math.random() * 60);
    writer.kill('SIGKILL');
    await once(writer, 'exit');
  }
  const files = async (): Promise<readonly string[]> => (await walkFolder(folder)).map(({ path }) => path);
  const all = await files();
  const left = all.filter((path) => path.endsWith('.tmp'));
  expect(left.length).toBeGreaterThan(0);
  // A kill leaves a file that is whole, or none.
  for (const path of all) if (/(hashes|manifest|one)\.json$/.test(path)) expect(sizeOf(path)).toBe(4_000_000);

  expect(await gc()).toEqual([]);
  expect(await files()).toEqual(all);
  const old = Date.now() / 1000 - 2 * 3600;
  for (const path of all) utimesSync(join(folder, path), old, old);
  expect([...(await gc())].sort()).toEqual(left);
  expect(await files()).toEqual(all.filter((path) => !left.includes(path)));

  function sizeOf(path: string): number {
    return statSync(join(folder, path)).size;
  }

  async function gc(): Promise<readonly string[]> {
    const { victims } = await collectGarbage(folder, {
      limit: Infinity,
      grace: 0,
      now: Date.now(),
      dryRun: false,
      needed: () => Promise.resolve({ keys: new Map(), objects: new Map() }),
      waiting: () => undefined,
      signal: new AbortController().signal,
    });
    return victims.map(({ path }) => path.slice(folder.length + 1));
  }
}, 600_000);
