import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../../src/base/hash.ts';
import type { ArtifactRef } from '../../../src/core/artifact.ts';
import type { GcChoice, Needed } from '../../../src/core/gc.ts';
import type { Store } from '../../../src/core/store.ts';
import { folderCheckpoints } from '../../../src/store/checkpoints.ts';
import { collectGarbage, type GcRequest } from '../../../src/store/gc/collect.ts';
import { openLocalStore } from '../../../src/store/local-store.ts';
import { storeLayout } from '../../../src/store/layout.ts';
import { acquireLock } from '../../../src/store/lock.ts';
import { temporaryFolder } from '../../base/temporary-folder.ts';
import { digest, key, recordOf } from '../records.ts';

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = join(temporaryFolder(), 'store');
  store = await openLocalStore(folder);
});

const nothing: Needed = { keys: new Map(), objects: new Map() };

/** Everything that is there was made long ago, but for what is made from now on by the clock of the request. */
function gc(more: Partial<GcRequest> = {}): Promise<GcChoice> {
  return collectGarbage(folder, {
    limit: Infinity,
    grace: 1000,
    now: Date.now() + 60_000,
    dryRun: false,
    needed: () => Promise.resolve(nothing),
    waiting: () => undefined,
    signal: new AbortController().signal,
    ...more,
  });
}

/** Long after everything that is there. */
const IN_A_YEAR = Date.now() + 365 * 24 * 3600 * 1000;

async function put(files: Readonly<Record<string, string>>): Promise<ArtifactRef> {
  const staging = await store.makeStagingFolder();
  for (const [path, text] of Object.entries(files)) writeFileSync(join(staging, path), text);
  const artifact = await store.putFolder(staging, 'files');
  rmSync(staging, { recursive: true });
  return artifact;
}

async function publish(name: string, files: Readonly<Record<string, string>>): Promise<void> {
  await store.publish(recordOf(name, await put(files)));
}

/** Names of a result's things that are there. */
async function isThere(name: string): Promise<boolean> {
  return (await store.lookup(key(name))) !== undefined;
}

function hasObject(text: string): boolean {
  return existsSync(storeLayout(folder).object(digest(text)));
}

/** A name in tmp/ as a process left it that is gone. */
async function asOfDeadProcess(path: Promise<string>): Promise<string> {
  const parts = (await path).split('-');
  parts[parts.length - 2] = '1';
  const abandoned = parts.join('-');
  renameSync(await path, abandoned);
  return abandoned;
}

test('what commands replaced stays for a month, marks of outputs that are not there do not', async () => {
  const { replaced, unfinished } = storeLayout(folder);
  const there = join(temporaryFolder(), 'output');
  writeFileSync(there, 'half');
  mkdirSync(join(replaced, 'run-1/out'), { recursive: true });
  writeFileSync(join(replaced, 'run-1/out/mine.txt'), 'my work');
  mkdirSync(unfinished);
  writeFileSync(join(unfinished, digest('there')), `${there}\n`);
  writeFileSync(join(unfinished, digest('gone')), `${there}-gone\n`);
  const choice = await gc({ limit: 0, grace: 0 });
  expect(choice.victims.map(({ what, why }) => [what, why])).toEqual([['half-made', 'abandoned']]);
  expect([readdirSync(replaced), readdirSync(unfinished)]).toEqual([['run-1'], [digest('there')]]);
  const later = await gc({ now: IN_A_YEAR });
  expect(later.victims).toMatchObject([{ what: 'replaced', why: 'expired', bytes: 7 }]);
  expect(later.bytesAfter).toBe(later.bytesBefore - 7);
  expect(readdirSync(replaced)).toEqual([]);
});

describe('a store that is within its limit', () => {
  test('keeps its results, and loses what is nobody’s', async () => {
    await publish('a', { one: 'one', shared: 'shared' });
    await publish('incomplete', { two: 'two', shared: 'shared' });
    await publish('damaged', { three: 'three' });
    await put({ orphan: 'orphan' });
    const layout = storeLayout(folder);
    rmSync(layout.object(digest('two')));
    chmodSync(layout.record(key('damaged')), 0o644);
    truncateSync(layout.record(key('damaged')), 20);
    const choice = await gc();
    expect(choice.victims.map(({ what, why }) => `${what} ${why}`).sort()).toEqual([
      'object unnamed',
      'object unnamed',
      'record damaged',
      'record damaged',
    ]);
    expect(await isThere('a')).toBe(true);
    expect([hasObject('orphan'), hasObject('three'), hasObject('shared')]).toEqual([false, false, true]);
    expect(await gc()).toMatchObject({ victims: [], bytesBefore: choice.bytesAfter });
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
  });

  test('keeps what is young, though nothing names it', async () => {
    await put({ orphan: 'just put, and about to be named' });
    expect((await gc({ now: Date.now(), grace: 10_000 })).victims).toEqual([]);
  });

  test('loses what dead processes left half-made, however they protected it, and their locks, and no one else’s', async () => {
    const staging = store.makeStagingFolder();
    const sealed = join(await staging, 'sealed');
    mkdirSync(sealed);
    writeFileSync(join(sealed, 'file'), 'x');
    chmodSync(sealed, 0o555);
    const abandoned = await asOfDeadProcess(staging);
    const living = await store.makeStagingFolder();
    writeFileSync(join(folder, 'tmp', 'somebody’s'), '');
    mkdirSync(join(folder, 'locks', 'dead'), { recursive: true });
    writeFileSync(join(folder, 'locks', 'dead', '1'), 'garbage');
    const held = await store.lock(key('held'), { signal: new AbortController().signal, waiting: () => undefined });
    await gc();
    expect(existsSync(abandoned)).toBe(false);
    expect(readdirSync(join(folder, 'tmp')).sort()).toEqual(
      [living.slice(join(folder, 'tmp').length + 1), 'somebody’s'].sort(),
    );
    expect(readdirSync(join(folder, 'locks'))).toEqual([key('held')]);
    await held.release();
  });
});

describe('over the limit', () => {
  test('a dry run says the same as the real one does, and does nothing', async () => {
    for (const name of ['a', 'b', 'c']) await publish(name, { [name]: name.repeat(1000) });
    const request = { limit: 3500, now: Date.now() + 60_000 };
    const dry = await gc({ ...request, dryRun: true });
    expect(dry.victims).toHaveLength(2);
    expect([await isThere('a'), await isThere('b'), await isThere('c')]).toEqual([true, true, true]);
    expect(await gc(request)).toEqual(dry);
    expect([await isThere('a'), await isThere('b'), await isThere('c')].filter(Boolean)).toHaveLength(1);
    expect(
      readdirSync(join(folder, 'objects')).flatMap((name) => readdirSync(join(folder, 'objects', name))),
    ).toHaveLength(1);
  });

  test('checkpoints count and go, with whose they were and what they took', async () => {
    const checkpoints = store.checkpointFolder(digest('resume'));
    const { madeBy } = recordOf('a', await put({}));
    await folderCheckpoints(checkpoints, { key: key('a'), madeBy }).save({
      epoch: 3,
      files: { w: new Uint8Array(500) },
    });
    const choice = await gc({ limit: 0 });
    expect(choice.victims).toMatchObject([
      { what: 'checkpoint', epoch: 3, madeBy, key: key('a'), seconds: expect.any(Number) },
    ]);
    expect(choice.bytesBefore).toBeGreaterThan(500);
    expect(await folderCheckpoints(checkpoints).latest(10)).toBeUndefined();
  });

  test('a checkpoint counts as used from when its folder was asked for', async () => {
    const checkpoints = folderCheckpoints(store.checkpointFolder(digest('resume')));
    await checkpoints.save({ epoch: 1, files: { w: new Uint8Array(5) } });
    const before = Date.now() + 60_000;
    // As if a minute had passed.
    store.checkpointFolder(digest('resume'));
    expect((await gc({ limit: 0, now: before, grace: 61_000 })).victims).toEqual([]);
  });
});

describe('beside runs', () => {
  test('what a run found just before is left to it, and stays a hit', async () => {
    for (const name of ['found', 'other']) await publish(name, { [name]: name });
    const found = await store.lookup(key('found'));
    const objects = new Map(found?.artifact.files.map((file) => [file.digest, 'live'] as const));
    const choice = await gc({
      limit: 0,
      // It has told of it when it is asked the second time.
      needed: (settled) => Promise.resolve(settled ? { keys: new Map([[key('found'), 'live']]), objects } : nothing),
    });
    expect(choice.victims.map(({ madeBy }) => madeBy?.stage)).toEqual(['other']);
    expect(choice.kept).toContainEqual({ why: 'live', results: 1, checkpoints: 0, bytes: expect.any(Number) });
    expect(await isThere('found')).toBe(true);
    expect(await isThere('other')).toBe(false);
    expect(choice.bytesAfter).toBe((await gc()).bytesBefore);
  });

  test('nobody finds any more what is about to go', async () => {
    await publish('a', { file: 'content' });
    let found: unknown;
    await gc({
      limit: 0,
      async needed(settled) {
        if (settled) found = await store.lookup(key('a'));
        return nothing;
      },
    });
    expect(found).toBeUndefined();
    expect(hasObject('content')).toBe(false);
  });

  test('what a run puts there meanwhile stays, though its content was about to go', async () => {
    await publish('a', { file: 'content' });
    await put({ file: 'to be named' });
    await gc({
      limit: 0,
      async needed(settled) {
        if (!settled) return nothing;
        await publish('b', { file: 'content' });
        await put({ file: 'to be named' });
        return nothing;
      },
    });
    expect([await isThere('a'), await isThere('b')]).toEqual([false, true]);
    expect(readFileSync(storeLayout(folder).object(digest('content')), 'utf8')).toBe('content');
    expect(hasObject('to be named')).toBe(true);
  });

  test('a record that a run published anew meanwhile is not the one that was to go', async () => {
    await publish('a', { file: 'old' });
    const layout = storeLayout(folder);
    await gc({
      limit: 0,
      async needed(settled) {
        if (!settled) {
          rmSync(layout.record(key('a')));
          await publish('a', { file: 'new' });
        }
        return nothing;
      },
    });
    expect((await store.lookup(key('a')))?.artifact.files).toMatchObject([{ digest: sha256('new') }]);
    expect(hasObject('old')).toBe(false);
  });
});

test('a second gc waits for the first, and says so', async () => {
  const layout = storeLayout(folder);
  const held = await acquireLock(layout, join(layout.locks, 'gc'), {
    signal: new AbortController().signal,
    waiting: () => undefined,
  });
  const told: string[] = [];
  let ended = false;
  const second = gc({
    waiting: (holder) => {
      told.push(holder);
      void held.release();
    },
  }).then(() => (ended = true));
  expect(ended).toBe(false);
  await second;
  expect(told).toEqual([expect.stringContaining(`process ${process.pid}`)]);
});

test('a store that is not there is empty, and is not made', async () => {
  const absent = join(temporaryFolder(), 'absent');
  const request = { limit: 0, grace: 0, now: 0, needed: () => Promise.resolve(nothing), waiting: () => undefined };
  const signal = new AbortController().signal;
  expect(await collectGarbage(absent, { ...request, dryRun: false, signal })).toMatchObject({
    bytesBefore: 0,
    victims: [],
  });
  expect(existsSync(absent)).toBe(false);
});
