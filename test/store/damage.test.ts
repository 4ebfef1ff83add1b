import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { ArtifactRef } from '../../src/core/artifact.ts';
import type { StageRecord } from '../../src/core/stage-record.ts';
import type { Store } from '../../src/core/store.ts';
import { openLocalStore } from '../../src/store/local-store.ts';
import { temporaryFolder } from '../base/temporary-folder.ts';
import { digest, key, recordOf } from './records.ts';

let folder: string;
let store: Store;

beforeEach(async () => {
  folder = `${temporaryFolder()}/store`;
  store = await openLocalStore(folder);
});

async function put(text: string): Promise<ArtifactRef> {
  const staging = await store.makeStagingFolder();
  writeFileSync(`${staging}/file`, text);
  const artifact = await store.putFolder(staging, 'files');
  rmSync(staging, { recursive: true });
  return artifact;
}

async function published(text = 'content'): Promise<StageRecord> {
  return store.publish(recordOf('a', await put(text)));
}

/** Writes over what the store keeps read-only. */
function damage(path: string, change: (path: string) => void): void {
  chmodSync(path, 0o644);
  change(path);
}

function flipBit(path: string, bit: number): void {
  const bytes = readFileSync(path);
  bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  writeFileSync(path, bytes);
}

const recordPath = (): string => `${folder}/keys/${key('a').slice(0, 2)}/${key('a').slice(2)}.json`;

describe('a damaged object', () => {
  it.each<[string, (path: string) => void]>([
    [
      'that is gone',
      (path) => {
        rmSync(path);
      },
    ],
    [
      'that is cut short',
      (path) => {
        truncateSync(path, 3);
      },
    ],
    [
      'that is empty',
      (path) => {
        truncateSync(path, 0);
      },
    ],
    [
      'that grew',
      (path) => {
        writeFileSync(path, 'more', { flag: 'a' });
      },
    ],
  ])('%s makes the result a miss, and making it again heals it', async (_how, change) => {
    const record = await published();
    damage(await store.objectPath(digest('content')), change);
    expect(await store.lookup(record.key)).toBeUndefined();
    expect(await published()).toEqual(record);
    expect(await store.lookup(record.key)).toEqual(record);
    expect(readFileSync(await store.objectPath(digest('content')), 'utf8')).toBe('content');
  });

  it('that has another bit is found by who reads it, and is then a miss that heals', async () => {
    const record = await published();
    damage(await store.objectPath(digest('content')), (path) => {
      flipBit(path, 13);
    });
    expect(await store.lookup(record.key)).toBeDefined();
    expect(await store.discardDamaged(digest('content'))).toBe(true);
    expect(await store.lookup(record.key)).toBeUndefined();
    await published();
    expect(await store.lookup(record.key)).toEqual(record);
    expect(await store.discardDamaged(digest('content'))).toBe(false);
  });

  it('that has another bit is healed by making it again, even if nobody had noticed', async () => {
    await published();
    const path = await store.objectPath(digest('content'));
    damage(path, () => {
      flipBit(path, 13);
    });
    await published();
    expect(readFileSync(path, 'utf8')).toBe('content');
  });

  it('is never handed out as a file', async () => {
    const record = await published();
    damage(await store.objectPath(digest('content')), (path) => {
      flipBit(path, 13);
    });
    const target = `${temporaryFolder()}/target`;
    await expect(store.materialize(record.artifact, target)).rejects.toMatchObject({
      code: 'store-unusable',
      message: expect.stringContaining('"file" was damaged'),
      hint: expect.stringContaining('run the pipeline again'),
    });
    expect(readdirSync(target)).toEqual([]);
    expect(await store.lookup(record.key)).toBeUndefined();
  });
});

describe('a damaged record', () => {
  it('is a miss with any bit flipped', async () => {
    const record = await published();
    damage(recordPath(), () => undefined);
    const whole = readFileSync(recordPath());
    for (let bit = 0; bit < whole.length * 8; bit += 29) {
      flipBit(recordPath(), bit);
      expect(await store.lookup(record.key)).toBeUndefined();
      writeFileSync(recordPath(), whole);
    }
    expect(await store.lookup(record.key)).toEqual(record);
  });

  it.each<[string, (path: string) => void]>([
    [
      'empty',
      (path) => {
        truncateSync(path, 0);
      },
    ],
    [
      'cut short',
      (path) => {
        truncateSync(path, 100);
      },
    ],
    [
      'garbage',
      (path) => {
        writeFileSync(path, Buffer.from([0xff, 0x00, 0x7b]));
      },
    ],
    [
      'JSON of another kind',
      (path) => {
        writeFileSync(path, '[]');
      },
    ],
  ])('that is %s is a miss, is left out of the list, and is written over', async (_how, change) => {
    await published('old');
    damage(recordPath(), change);
    expect(await store.lookup(key('a'))).toBeUndefined();
    expect(await allRecords()).toEqual([]);
    const record = await published('new');
    expect(record.artifact.files[0]?.digest).toBe(digest('new'));
    expect(await store.lookup(key('a'))).toEqual(record);
    expect(await allRecords()).toEqual([record]);
    expect(readdirSync(`${folder}/locks`)).toEqual([]);
  });

  it('under the name of another key is nobody’s', async () => {
    await published();
    const other = `${folder}/keys/${key('b').slice(0, 2)}`;
    mkdirSync(other, { recursive: true });
    linkSync(recordPath(), `${other}/${key('b').slice(2)}.json`);
    expect(await store.lookup(key('b'))).toBeUndefined();
    expect(await allRecords()).toHaveLength(1);
  });

  it('is replaced by one of many that publish at once, and all agree on which', async () => {
    await published('old');
    damage(recordPath(), (path) => {
      truncateSync(path, 10);
    });
    const artifacts = await Promise.all(Array.from({ length: 6 }, (_, n) => put(String(n))));
    const winners = await Promise.all(artifacts.map((artifact) => store.publish(recordOf('a', artifact))));
    expect(new Set(winners.map((winner) => winner.artifact.digest)).size).toBe(1);
    expect(await store.lookup(key('a'))).toEqual(winners[0]);
  });

  async function allRecords(): Promise<readonly StageRecord[]> {
    const found: StageRecord[] = [];
    for await (const record of store.records()) found.push(record);
    return found;
  }
});

describe('what goes into the store', () => {
  it('cannot be written to any more', async () => {
    await published();
    expect(statSync(await store.objectPath(digest('content'))).mode & 0o777).toBe(0o444);
    expect(statSync(recordPath()).mode & 0o222).toBe(0);
  });

  it('is moved, not copied', async () => {
    const staging = await store.makeStagingFolder();
    writeFileSync(`${staging}/file`, 'moved');
    const { ino } = statSync(`${staging}/file`);
    await store.putFolder(staging, 'files');
    expect(statSync(await store.objectPath(digest('moved'))).ino).toBe(ino);
    expect(existsSync(`${staging}/file`)).toBe(false);
  });

  it('is copied where the file has another name, which one could write through', async () => {
    const staging = await store.makeStagingFolder();
    const other = join(temporaryFolder(), 'other');
    writeFileSync(other, 'linked');
    linkSync(other, `${staging}/file`);
    await store.putFolder(staging, 'files');
    chmodSync(other, 0o644);
    writeFileSync(other, 'changed');
    expect(readFileSync(await store.objectPath(digest('linked')), 'utf8')).toBe('linked');
  });

  it('leaves nothing half-made', async () => {
    await published();
    expect(readdirSync(`${folder}/tmp`)).toEqual([]);
  });
});

describe('half-made things of processes that are gone', () => {
  it('are removed when something runs; others stay', async () => {
    const staging = await store.makeStagingFolder();
    const dead = staging.replace(/-\d+-(\d+)-[0-9a-f]+$/, '-99999999-$1-abcdef');
    mkdirSync(`${dead}/deep`, { recursive: true });
    writeFileSync(`${folder}/tmp/somebody-elses`, '');
    await (await openLocalStore(folder)).makeStagingFolder();
    expect(existsSync(dead)).toBe(false);
    expect(existsSync(staging)).toBe(true);
    expect(existsSync(`${folder}/tmp/somebody-elses`)).toBe(true);
  });
});
