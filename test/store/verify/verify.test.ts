import { beforeEach, describe, expect, test } from '@jest/globals';
import { chmodSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '../../../src/base/hash.ts';
import { sealJson } from '../../../src/base/sealed-json.ts';
import type { StageKey } from '../../../src/core/ids.ts';
import type { StageRecord } from '../../../src/core/stage-record.ts';
import type { Store } from '../../../src/core/store.ts';
import { stageKey } from '../../../src/fingerprint/key.ts';
import { folderCheckpoints } from '../../../src/store/checkpoints.ts';
import { storeLayout } from '../../../src/store/layout.ts';
import { openLocalStore } from '../../../src/store/local-store.ts';
import { verifyStore } from '../../../src/store/verify/verify.ts';
import { temporaryFolder } from '../../base/temporary-folder.ts';
import { digest, recordOf } from '../records.ts';

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = join(temporaryFolder(), 'store');
  store = await openLocalStore(folder);
});

/** One file of each way of reading: on the spot, at once, in pieces. */
const CONTENT = { small: 'small', middle: 'm'.repeat(100_000), large: 'l'.repeat(34_000_000) };

async function publish(name: string, files: Readonly<Record<string, string>> = CONTENT): Promise<StageRecord> {
  const staging = await store.makeStagingFolder();
  for (const [path, text] of Object.entries(files)) writeFileSync(join(staging, path), text);
  const record = recordOf(name, await store.putFolder(staging, 'files'));
  const preimage = { ...record.preimage, options: { name } };
  rmSync(staging, { recursive: true });
  return store.publish({ ...record, preimage, key: stageKey(preimage) });
}

function verify(repair = false) {
  return verifyStore(folder, { repair, keyOf: stageKey, progress: () => undefined });
}

async function damages(repair = false): Promise<readonly string[]> {
  return (await verify(repair)).damages.map(({ what, path, repaired }) =>
    [what, path.slice(folder.length + 1).replaceAll('/', ''), ...(repaired ? ['repaired'] : [])].join(' '),
  );
}

function flipBit(path: string, at: number): void {
  chmodSync(path, 0o644);
  const bytes = readFileSync(path);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(path, bytes);
}

const object = (text: string): string => storeLayout(folder).object(digest(text));
const recordFile = (key: StageKey): string => storeLayout(folder).record(key);

test('a whole store has nothing to tell, and all of it was read', async () => {
  await publish('a');
  const seen: [number, number][] = [];
  const whole = await verifyStore(folder, {
    repair: false,
    keyOf: stageKey,
    progress: (...now) => seen.push(now),
  });
  expect(whole).toMatchObject({ damages: [], objects: 3, records: 1, checkpoints: 0, bytes: 34_100_005 });
  expect(seen.at(-1)).toEqual([34_100_005, 34_100_005]);
});

describe('a flipped bit', () => {
  test.each(['small', 'middle', 'large'] as const)('in a %s object is found, with whose it was', async (size) => {
    const first = await publish('a');
    await publish('b', { other: CONTENT[size] });
    flipBit(object(CONTENT[size]), CONTENT[size].length >> 1);
    const { damages: found } = await verify();
    expect(found).toMatchObject([
      { what: 'object', path: object(CONTENT[size]), repaired: false, owners: expect.any(Array) },
    ]);
    expect([...(found[0]?.owners ?? [])].sort((a, b) => ((a.stage ?? '') < (b.stage ?? '') ? -1 : 1))).toEqual([
      { ...first.madeBy, stage: 'a', file: size },
      { ...first.madeBy, stage: 'b', file: 'other' },
    ]);
  });

  test('in a record is found', async () => {
    const { key } = await publish('a');
    flipBit(recordFile(key), 100);
    expect(await damages()).toEqual([`record keys${key}.json`]);
  });

  test('in a checkpoint is found', async () => {
    const checkpoints = store.checkpointFolder(digest('resume'));
    const { madeBy, key } = recordOf('a', { kind: 'files', digest: digest(''), files: [] });
    await folderCheckpoints(checkpoints, { key, madeBy }).save({ epoch: 2, files: { weights: new Uint8Array(100) } });
    flipBit(join(checkpoints, 'epoch-000002', 'weights'), 50);
    expect((await verify()).damages).toMatchObject([{ what: 'checkpoint', owners: [madeBy] }]);
    expect(await damages(true)).toHaveLength(1);
    expect(existsSync(join(checkpoints, 'epoch-000002'))).toBe(false);
  });
});

describe('a record', () => {
  async function forged(change: (record: StageRecord) => StageRecord): Promise<readonly string[]> {
    const record = await publish('a', { file: 'x' });
    const path = recordFile(record.key);
    chmodSync(path, 0o644);
    writeFileSync(path, sealJson(JSON.parse(JSON.stringify(change(record))) as never));
    return (await verify()).damages.map(({ message }) => message);
  }

  test('whose key is not the digest of its preimage is damaged, though its seal is whole', async () => {
    expect(await forged((record) => ({ ...record, preimage: { ...record.preimage, seed: 7 } }))).toEqual([
      'its key is not the digest of what it says went into it',
    ]);
  });

  test('whose artifact is not what its digest says is damaged', async () => {
    expect(
      await forged((record) => ({
        ...record,
        artifact: { ...record.artifact, digest: digest('another') },
      })),
    ).toEqual(['its artifact has another digest']);
  });

  test('whose objects are gone or shortened is damaged', async () => {
    const { key } = await publish('a', { one: 'one', two: 'two' });
    rmSync(object('one'));
    chmodSync(object('two'), 0o644);
    truncateSync(object('two'), 2);
    const { damages: found } = await verify();
    expect(found.map(({ what }) => what)).toEqual(['object', 'record']);
    expect(found[1]).toMatchObject({ path: recordFile(key), message: expect.stringContaining('one, two') });
  });
});

test('repair takes away what is damaged and nothing else, and then all is whole', async () => {
  const whole = await publish('whole', { a: 'a', shared: 'shared' });
  const broken = await publish('broken', { b: 'b', shared: 'shared' });
  flipBit(object('b'), 0);
  expect(await damages(true)).toEqual([
    `object objects${digest('b')} repaired`,
    `record keys${broken.key}.json repaired`,
  ]);
  expect(await damages()).toEqual([]);
  expect(await store.lookup(broken.key)).toBeUndefined();
  expect(await store.lookup(whole.key)).toEqual(whole);
});

test('what goes away meanwhile is no damage', async () => {
  const { key } = await publish(
    'a',
    Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`f${n}`, `content ${n}`])),
  );
  const found = await verifyStore(folder, {
    repair: false,
    keyOf: stageKey,
    // As gc does it beside: the record first.
    progress() {
      rmSync(recordFile(key), { force: true });
      for (let n = 0; n < 50; n++) rmSync(object(`content ${n}` as Digest), { force: true });
    },
  });
  expect(found.damages).toEqual([]);
});

test('a store that is not there is whole, and is not made', async () => {
  folder = join(temporaryFolder(), 'absent');
  expect(await verify()).toMatchObject({ damages: [], objects: 0 });
  expect(existsSync(folder)).toBe(false);
});
