import { beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isSettled } from '../../src/fingerprint/file-sight.ts';
import { openFileHasher } from '../../src/fingerprint/file-hasher.ts';
import { temporaryFolder } from '../base/temporary-folder.ts';
import { digest } from './samples.ts';

let folder: string;
let cache: string;
let file: string;

beforeEach(async () => {
  folder = temporaryFolder();
  cache = `${folder}/store/file-hashes.json`;
  file = `${folder}/file`;
  writeFileSync(file, 'content');
  // Older than a tick of the file system's clock, as a person's files are.
  await sleep(60);
});

/** In a run of its own. */
async function hash(path = file): Promise<string> {
  const hasher = await openFileHasher(cache);
  const found = await hasher.hash(path);
  await hasher.close();
  return found;
}

/** Puts another digest into the cache, so that one sees whether it was believed or the file was read. */
async function poison(): Promise<string> {
  const { sealJson, unsealJson } = await import('../../src/base/sealed-json.ts');
  const content = unsealJson(readFileSync(cache, 'utf8'));
  const text = JSON.stringify(content).replace(digest('content'), digest('believed'));
  writeFileSync(cache, sealJson(JSON.parse(text) as string));
  return digest('believed');
}

describe('hash', () => {
  it('is the digest of the content', async () => {
    expect(await hash()).toBe(digest('content'));
  });

  it('reads an unchanged file once', async () => {
    await hash();
    const believed = await poison();
    expect(await hash()).toBe(believed);
  });

  it.each<[string, () => void]>([
    [
      'was changed',
      () => {
        appendFileSync(file, '!');
      },
    ],
    [
      'was changed to something as long',
      () => {
        writeFileSync(file, 'CONTENT');
      },
    ],
    [
      'was changed to something as long, with its old times put back',
      () => {
        const { atime, mtime } = statSync(file);
        writeFileSync(file, 'CONTENT');
        utimesSync(file, atime, mtime);
      },
    ],
    [
      'was replaced by another of the same size and times',
      () => {
        writeFileSync(`${folder}/other`, 'CONTENT');
        execFileSync('touch', ['-r', file, `${folder}/other`]);
        renameSync(`${folder}/other`, file);
      },
    ],
  ])('reads a file again that %s', async (_how, change) => {
    await hash();
    await poison();
    change();
    expect(await hash()).toBe(digest(readFileSync(file, 'utf8')));
  });

  it('reads again what a link leads to since it was changed', async () => {
    for (const name of ['a', 'b']) writeFileSync(`${folder}/${name}`, name);
    symlinkSync('a', `${folder}/link`);
    expect(await hash(`${folder}/link`)).toBe(digest('a'));
    rmSync(`${folder}/link`);
    symlinkSync('b', `${folder}/link`);
    expect(await hash(`${folder}/link`)).toBe(digest('b'));
  });

  it('distrusts what was as new as its reading: it may have changed again within one tick of the clock', async () => {
    const distrusted: boolean[] = [];
    // More than once: on a busy machine the reading may begin a good while after the writing.
    for (let attempt = 0; attempt < 20; attempt++) {
      writeFileSync(file, `new now ${attempt}`);
      await hash();
      distrusted.push(!readFileSync(cache, 'utf8').includes(digest(`new now ${attempt}`)));
    }
    expect(distrusted).toContain(true);
  });

  it.each([
    ['is not there', 'ENOENT', () => `${folder}/missing`],
    ['is a folder', 'EISDIR', () => folder],
    [
      'is a pipe, without waiting for its writer',
      'EINVAL',
      () => {
        execFileSync('mkfifo', [`${folder}/pipe`]);
        return `${folder}/pipe`;
      },
    ],
  ])('throws where the path %s', async (_what, code, path) => {
    await expect(hash(path())).rejects.toMatchObject({ code });
  });
});

describe('isSettled', () => {
  const sight = (ctimeNs: bigint, readAt: number) => ({
    digest: digest(''),
    readAt,
    stamp: { device: '1', inode: '1', size: '0', mtimeNs: '0', ctimeNs: String(ctimeNs) },
  });
  it.each([
    ['read long after the change', 1_700_000_000_123_456_789n, 1_700_000_001_000, true],
    ['read in the tick of the change', 1_700_000_000_123_456_789n, 1_700_000_000_124, false],
    ['read before the change, as the clocks say', 1_700_000_000_123_456_789n, 1_600_000_000_000, false],
    ['on a disk that counts whole seconds, read a second later', 1_700_000_000_000_000_000n, 1_700_000_001_000, false],
    [
      'on a disk that counts whole seconds, read three seconds later',
      1_700_000_000_000_000_000n,
      1_700_000_003_000,
      true,
    ],
  ])('%s', (_what, ctimeNs, readAt, settled) => {
    expect(isSettled(sight(ctimeNs, readAt))).toBe(settled);
  });
});

describe('unchanged', () => {
  it('is true as long as nothing happens, and false from then on', async () => {
    const hasher = await openFileHasher(cache);
    expect(await hasher.unchanged(file)).toBe(false);
    await hasher.hash(file);
    expect(await hasher.unchanged(file)).toBe(true);
    writeFileSync(file, 'CONTENT');
    expect(await hasher.unchanged(file)).toBe(false);
    rmSync(file);
    expect(await hasher.unchanged(file)).toBe(false);
  });

  it('notices a change that came back', async () => {
    const hasher = await openFileHasher(cache);
    await hasher.hash(file);
    writeFileSync(file, 'CONTENT');
    writeFileSync(file, 'content');
    expect(await hasher.unchanged(file)).toBe(false);
  });

  it('notices that two stages saw two contents', async () => {
    const hasher = await openFileHasher(cache);
    await hasher.hash(file);
    writeFileSync(file, 'CONTENT');
    await hasher.hash(file);
    expect(await hasher.unchanged(file)).toBe(false);
  });

  it('looks into a file that is too new to tell by its times', async () => {
    const hasher = await openFileHasher(cache);
    for (let attempt = 0; attempt < 20; attempt++) {
      writeFileSync(file, `one ${attempt}`);
      const fresh = `${file}-${attempt}`;
      writeFileSync(fresh, 'one');
      await hasher.hash(fresh);
      writeFileSync(fresh, 'two');
      expect(await hasher.unchanged(fresh)).toBe(false);
    }
  });
});

describe('the cache', () => {
  it.each<[string, (path: string) => void]>([
    [
      'is gone',
      (path) => {
        rmSync(path);
      },
    ],
    [
      'is empty',
      (path) => {
        writeFileSync(path, '');
      },
    ],
    [
      'is cut short',
      (path) => {
        writeFileSync(path, readFileSync(path).subarray(0, 100));
      },
    ],
    [
      'says another digest than it said',
      (path) => {
        writeFileSync(path, readFileSync(path, 'utf8').replace(digest('content'), digest('wrong')));
      },
    ],
    [
      'is a folder',
      (path) => {
        rmSync(path);
        mkdirSync(path);
      },
    ],
  ])('that %s is an empty one', async (_how, damage) => {
    await hash();
    damage(cache);
    expect(await hash()).toBe(digest('content'));
  });

  it('is not written where nothing was learnt', async () => {
    await hash();
    const before = statSync(cache, { bigint: true }).ino;
    await hash();
    expect(statSync(cache, { bigint: true }).ino).toBe(before);
  });

  it('that cannot be written is no failure', async () => {
    writeFileSync(`${folder}/store`, 'in the way');
    expect(await hash()).toBe(digest('content'));
  });

  it('keeps what several runs learnt at once', async () => {
    const names = Array.from({ length: 5 }, (_, n) => `${folder}/file-${n}`);
    for (const name of names) writeFileSync(name, name);
    await sleep(60);
    const hashers = await Promise.all(names.map(() => openFileHasher(cache)));
    await Promise.all(hashers.map((hasher, n) => hasher.hash(names[n] ?? '')));
    for (const hasher of hashers) await hasher.close();
    for (const name of names) expect(readFileSync(cache, 'utf8')).toContain(digest(name));
    expect(readdirSync(`${folder}/store`)).toEqual(['file-hashes.json']);
  });
});

it('does not read a large file again that did not change', async () => {
  const large = `${folder}/large`;
  execFileSync('truncate', ['-s', '64M', large]);
  await sleep(60);
  await hash(large);
  const before = Number(/rchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);
  await hash(large);
  const after = Number(/rchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);
  expect(after - before).toBeLessThan(100_000);
});
