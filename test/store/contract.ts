import { beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Digest } from '../../src/base/hash.ts';
import type { ArtifactRef } from '../../src/core/artifact.ts';
import { StageFailure } from '../../src/core/stage-runner.ts';
import type { StageRecord } from '../../src/core/stage-record.ts';
import type { Store } from '../../src/core/store.ts';
import { digest, key, recordOf } from './records.ts';

interface Thoroughness {
  /** A share of what is done again and again, for stores that take their time. */
  readonly rounds?: number;
}

/** What every store owes, whoever keeps the bytes. */
export function storeContract(name: string, openStore: () => Promise<Store>, { rounds = 1 }: Thoroughness = {}): void {
  describe(`the contract of a store: ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await openStore();
    });

    async function put(files: Readonly<Record<string, string>>, kind = 'files'): Promise<ArtifactRef> {
      const folder = await store.makeStagingFolder();
      for (const [path, text] of Object.entries(files)) write(join(folder, path), text);
      return store.putFolder(folder, kind);
    }

    async function text(artifact: ArtifactRef, path: string): Promise<string | undefined> {
      const file = artifact.files.find((candidate) => candidate.path === path);
      return file === undefined ? undefined : readFileSync(await store.objectPath(file.digest), 'utf8');
    }

    describe('putFolder', () => {
      it('names every file with its content, sorted by path', async () => {
        const artifact = await put({ 'b.txt': 'two', 'a/deep/er': 'three', 'b/a': '' });
        expect(artifact.kind).toBe('files');
        expect(artifact.files).toEqual([
          { path: 'a/deep/er', digest: digest('three'), bytes: 5 },
          { path: 'b.txt', digest: digest('two'), bytes: 3 },
          { path: 'b/a', digest: digest(''), bytes: 0 },
        ]);
        expect(await text(artifact, 'a/deep/er')).toBe('three');
        expect(await text(artifact, 'b/a')).toBe('');
      });

      it('gives equal artifacts equal digests, and different kinds, paths or contents different ones', async () => {
        const first = await put({ a: '1', b: '2' });
        expect(await put({ b: '2', a: '1' })).toEqual(first);
        const others = [
          await put({ a: '1', b: '2' }, 'model'),
          await put({ a: '2', b: '1' }),
          await put({ a: '1', c: '2' }),
          await put({ a: '1' }),
          await put({}),
        ];
        expect(new Set([first, ...others].map((artifact) => artifact.digest)).size).toBe(6);
      });

      it('refuses a symbolic link', async () => {
        const folder = await store.makeStagingFolder();
        write(join(folder, 'real'), 'x');
        symlinkSync('real', join(folder, 'link'));
        const refusal: unknown = await store.putFolder(folder, 'files').catch((error: unknown) => error);
        expect(refusal).toBeInstanceOf(StageFailure);
        expect((refusal as StageFailure).message).toContain('"link" is a symbolic link');
      });
    });

    describe('lookup and publish', () => {
      it('gives nothing for a key that nobody published', async () => {
        expect(await store.lookup(key('unknown'))).toBeUndefined();
      });

      it('gives the whole record back, also in a store opened anew', async () => {
        const record = recordOf('a', await put({ file: 'x' }));
        expect(await store.publish(record)).toEqual(record);
        expect(await store.lookup(record.key)).toEqual(record);
      });

      it('keeps the first record published under a key', async () => {
        const first = recordOf('a', await put({ file: 'first' }));
        const second = recordOf('a', await put({ file: 'second' }));
        await store.publish(first);
        expect(await store.publish(second)).toEqual(first);
        expect(await store.lookup(first.key)).toEqual(first);
      });

      it('replaces the first record where it is told to, and keeps what the first one named', async () => {
        const first = recordOf('a', await put({ file: 'first' }));
        const second = recordOf('a', await put({ file: 'second' }));
        await store.publish(first);
        expect(await store.publish(second, { replace: true })).toEqual(second);
        expect(await store.lookup(first.key)).toEqual(second);
        expect(await store.publish(first)).toEqual(second);
        expect(await text(first.artifact, 'file')).toBe('first');
      });

      it('never shows a reader less than a whole record while it is replaced', async () => {
        const records = await Promise.all(
          ['first', 'second'].map(async (text) => recordOf('a', await put({ file: text }))),
        );
        for (const record of records) await store.publish(record, { replace: true });
        const replacing = (async () => {
          for (let n = 0; n < 20 * rounds; n++)
            for (const record of records) await store.publish(record, { replace: true });
          return 'done' as const;
        })();
        for (;;) {
          expect(await store.lookup(key('a'))).toBeDefined();
          if ((await Promise.race([replacing, new Promise((resolve) => setImmediate(resolve))])) === 'done') break;
        }
      });

      it('lets many that publish at once agree on one', async () => {
        const artifacts = await Promise.all(Array.from({ length: 8 }, (_, n) => put({ file: String(n) })));
        const winners = await Promise.all(artifacts.map((artifact) => store.publish(recordOf('a', artifact))));
        expect(new Set(winners.map((winner) => winner.artifact.digest)).size).toBe(1);
        expect(await store.lookup(key('a'))).toEqual(winners[0]);
      });

      it('lists every record', async () => {
        const artifact = await put({ file: 'x' });
        for (const name of ['a', 'b', 'c']) await store.publish(recordOf(name, artifact));
        const listed: StageRecord[] = [];
        for await (const record of store.records()) listed.push(record);
        expect(listed.map((record) => record.key).sort()).toEqual(['a', 'b', 'c'].map(key).sort());
      });
    });

    describe('record and heads', () => {
      it('give a record also where its objects are gone', async () => {
        const record = recordOf('a', await put({ file: 'x' }));
        await store.publish({ ...record, artifact: { ...record.artifact, files: [{ ...file('y'), path: 'y' }] } });
        expect(await store.lookup(key('a'))).toBeUndefined();
        expect((await store.record(key('a')))?.key).toBe(key('a'));
        expect(await store.record(key('b'))).toBeUndefined();
      });

      it('tell every record in a few words, however often and whatever comes and goes', async () => {
        const artifact = await put({ one: 'x', two: 'yyy' });
        expect(await store.heads()).toEqual([]);
        for (let n = 0; n < 250 * rounds; n++) {
          const record = recordOf(String(n), artifact);
          await store.publish({ ...record, seconds: n });
          if (n % Math.floor(120 * rounds) !== 0) continue;
          const heads = [...(await store.heads())].sort((a, b) => a.seconds - b.seconds);
          expect(heads.map(({ seconds }) => seconds)).toEqual(Array.from({ length: n + 1 }, (_, index) => index));
          const { madeBy, createdAt } = record;
          expect(heads.at(-1)).toEqual({
            key: record.key,
            type: 'train-student',
            createdAt,
            madeBy,
            seconds: n,
            bytes: 4,
          });
        }
      });
    });

    describe('materialize', () => {
      it('writes ordinary files, that one may write to without reaching the store', async () => {
        const artifact = await put({ 'a/file': 'kept', other: 'too' });
        const target = join(await store.makeStagingFolder(), 'new');
        await store.materialize(artifact, target);
        expect(readdirSync(target).sort()).toEqual(['a', 'other']);
        const file = join(target, 'a/file');
        expect(statSync(file).nlink).toBe(1);
        expect(statSync(file).mode & 0o200).toBe(0o200);
        writeFileSync(file, 'changed');
        expect(await text(artifact, 'a/file')).toBe('kept');
      });

      it('replaces what is there, and not what a link there points to', async () => {
        const artifact = await put({ file: 'new' });
        const target = await store.makeStagingFolder();
        write(join(target, 'elsewhere'), 'untouched');
        symlinkSync('elsewhere', join(target, 'file'));
        await store.materialize(artifact, target);
        expect(readFileSync(join(target, 'file'), 'utf8')).toBe('new');
        expect(readFileSync(join(target, 'elsewhere'), 'utf8')).toBe('untouched');
        expect(readdirSync(target).sort()).toEqual(['elsewhere', 'file']);
      });

      it.each(['../out', '/tmp/out', 'a/../../out', 'a//b', '', '.'])('never writes to %j', async (path) => {
        const artifact = await put({ file: 'x' });
        const hostile = { ...artifact, files: artifact.files.map((file) => ({ ...file, path })) };
        const target = join(await store.makeStagingFolder(), 'target');
        await expect(store.materialize(hostile, target)).rejects.toThrow('no path inside');
        expect(readdirSync(dirname(target))).toEqual(['target']);
      });
    });

    describe('lock', () => {
      it('is held by one at a time, and told of once', async () => {
        const order: string[] = [];
        const told: string[] = [];
        const first = await store.lock(key('a'), { signal: never(), waiting: () => undefined });
        const second = store
          .lock(key('a'), { signal: never(), waiting: (holder) => told.push(holder) })
          .then(async (lock) => {
            order.push('second');
            await lock.release();
          });
        await new Promise((resolve) => setTimeout(resolve, 250));
        order.push('first released');
        await first.release();
        await second;
        expect(order).toEqual(['first released', 'second']);
        expect(told).toHaveLength(1);
      });

      it('of another key is another lock', async () => {
        const locks = [
          await store.lock(key('a'), { signal: never(), waiting: () => undefined }),
          await store.lock(key('b'), { signal: never(), waiting: () => undefined }),
        ];
        for (const lock of locks) await lock.release();
      });

      it('is waited for until the signal, whose reason is thrown', async () => {
        const held = await store.lock(key('a'), { signal: never(), waiting: () => undefined });
        const cancel = new AbortController();
        const waiting = store.lock(key('a'), { signal: cancel.signal, waiting: () => undefined });
        setTimeout(() => {
          cancel.abort(new Error('cancelled'));
        }, 30);
        await expect(waiting).rejects.toThrow('cancelled');
        await expect(store.lock(key('a'), { signal: cancel.signal, waiting: () => undefined })).rejects.toThrow(
          'cancelled',
        );
        await held.release();
        await (await store.lock(key('a'), { signal: never(), waiting: () => undefined })).release();
      });

      it('can be released twice, the second time without taking it from the next one', async () => {
        const first = await store.lock(key('a'), { signal: never(), waiting: () => undefined });
        await first.release();
        const second = await store.lock(key('a'), { signal: never(), waiting: () => undefined });
        await first.release();
        const third = new AbortController();
        setTimeout(() => {
          third.abort(new Error('still held'));
        }, 200);
        await expect(store.lock(key('a'), { signal: third.signal, waiting: () => undefined })).rejects.toThrow(
          'still held',
        );
        await second.release();
      });
    });

    it('hands out empty staging folders, each another one', async () => {
      const [a, b] = [await store.makeStagingFolder(), await store.makeStagingFolder()];
      expect(a).not.toBe(b);
      expect(readdirSync(a)).toEqual([]);
    });

    it('names a checkpoint folder by its key', () => {
      expect(store.checkpointFolder(digest('a'))).toBe(store.checkpointFolder(digest('a')));
      expect(store.checkpointFolder(digest('a'))).not.toBe(store.checkpointFolder(digest('b')));
    });

    it('throws where an object is not there', async () => {
      await expect(store.objectPath(digest('missing'))).rejects.toThrow('is not there');
    });

    it('does not take a whole object for a damaged one', async () => {
      const artifact = await put({ file: 'x' });
      expect(await store.discardDamaged(digest('x'))).toBe(false);
      expect(existsSync(await store.objectPath(digest('x')))).toBe(true);
      expect(await text(artifact, 'file')).toBe('x');
    });
  });
}

function file(text: string): { digest: Digest; bytes: number } {
  return { digest: digest(text), bytes: text.length };
}

function never(): AbortSignal {
  return new AbortController().signal;
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
