import { describe, expect, it } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { openLocalStore } from '../../src/store/local-store.ts';
import { bundle } from '../base/bundle.ts';
import { temporaryFolder } from '../base/temporary-folder.ts';
import { key, recordOf } from './records.ts';

const words = { code: 'store-unusable', hint: expect.any(String) };

describe('openLocalStore', () => {
  it('makes the folder, and says which format it has', async () => {
    const folder = `${temporaryFolder()}/not/there/yet`;
    await openLocalStore(folder);
    expect(JSON.parse(readFileSync(`${folder}/store.json`, 'utf8'))).toEqual({ format: 1 });
    await openLocalStore(folder);
  });

  it('refuses a newer format, and changes nothing', async () => {
    const folder = temporaryFolder();
    writeFileSync(`${folder}/store.json`, '{"format":2}');
    await expect(openLocalStore(folder)).rejects.toMatchObject({
      ...words,
      message: expect.stringContaining('format 2'),
    });
    expect(readdirSync(folder)).toEqual(['store.json']);
  });

  it.each(['', 'garbage', '{}', '{"format":"1"}'])('refuses a store.json of %j', async (text) => {
    const folder = temporaryFolder();
    writeFileSync(`${folder}/store.json`, text);
    await expect(openLocalStore(folder)).rejects.toMatchObject(words);
  });

  it('refuses a file in place of the folder', async () => {
    const folder = temporaryFolder();
    writeFileSync(`${folder}/store`, '');
    await expect(openLocalStore(`${folder}/store`)).rejects.toMatchObject(words);
    await expect(openLocalStore(`${folder}/store/below`)).rejects.toMatchObject(words);
  });
});

/** Runs a part of unusable-actions.ts as a process of its own, on a store that cannot be written to. */
function act(
  program: string,
  folder: string,
  limit: string,
): { error?: { code: string; message: string }; ok?: string } {
  const result = spawnSync('bash', ['-c', `${limit} exec "$0" "$@"`, process.execPath, program, folder], {
    encoding: 'utf8',
  });
  if (result.stdout === '') throw new Error(result.stderr);
  return JSON.parse(result.stdout) as ReturnType<typeof act>;
}

describe('a disk that is full', () => {
  // The system refuses to write more than so much to one file, which is the same to the store as a full disk.
  it('is told of in words, with the store as it was', async () => {
    const folder = `${temporaryFolder()}/store`;
    const store = await openLocalStore(folder);
    const staging = await store.makeStagingFolder();
    writeFileSync(`${staging}/file`, 'kept');
    const kept = await store.publish(recordOf('kept', await store.putFolder(staging, 'files')));
    rmSync(staging, { recursive: true });
    const program = bundle('test/store/publish-much.ts');
    const outcome = act(program, folder, "trap '' XFSZ; ulimit -f 8;");
    expect(outcome.error).toMatchObject({ code: 'store-unusable', message: expect.stringContaining('disk is full') });
    expect(await store.lookup(kept.key)).toEqual(kept);
    expect(readdirSync(`${folder}/tmp`)).toEqual([]);
    expect(await store.lookup(key('large'))).toBeUndefined();
    expect(act(program, folder, '')).toEqual({ ok: 'published' });
  });
});

const isRoot = process.getuid?.() === 0;

describe('a store without the right to write', () => {
  // Root may write anywhere; a user of its own stands in for the person there.
  it('serves what it has, and tells in words that it cannot take more', async () => {
    const folder = `${temporaryFolder()}/store`;
    const store = await openLocalStore(folder);
    const staging = await store.makeStagingFolder();
    writeFileSync(`${staging}/file`, 'kept');
    await store.publish(recordOf('kept', await store.putFolder(staging, 'files')));
    mkdirSync(`${folder}/locks`, { recursive: true });
    const program = bundle('test/store/use-readonly.ts');
    // That user may have no way to where Node lies.
    const node = `${dirname(program)}/node`;
    copyFileSync(process.execPath, node);
    execFileSync('chmod', ['-R', 'a-w,a+rX', folder, dirname(folder), dirname(program)]);
    const as = isRoot ? { uid: 65534, gid: 65534 } : {};
    const result = spawnSync(node, [program, folder], { encoding: 'utf8', ...as });
    execFileSync('chmod', ['-R', 'u+w', folder, dirname(folder), dirname(program)]);
    expect(result.stderr).toBe('');
    expect(JSON.parse(result.stdout)).toEqual({
      lookup: 'found',
      publish: 'store-unusable',
      staging: 'store-unusable',
      lock: 'store-unusable',
    });
    expect(existsSync(`${folder}/locks`)).toBe(true);
  });
});
