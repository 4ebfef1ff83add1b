import { describe, expect, it, beforeEach } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../../src/base/hash.ts';
import { DamagedFile } from '../../../src/core/remote-error.ts';
import type { LocalFile, RemotePlace } from '../../../src/core/remote-place.ts';
import { temporaryFolder } from '../../base/temporary-folder.ts';

/** More than the places of the tests list at once. */
const MANY = 45;

/** What every place of a remote owes. */
export function placeContract(name: string, openPlace: () => RemotePlace): void {
  describe(`the contract of a place: ${name}`, () => {
    const { signal } = new AbortController();
    const folder = temporaryFolder();
    let place: RemotePlace;
    beforeEach(() => {
      place = openPlace();
    });

    function fileOf(content: Uint8Array): LocalFile {
      const digest = sha256(content);
      const path = join(folder, digest);
      writeFileSync(path, content);
      return { path, digest, bytes: content.length };
    }

    async function read(what: string, from?: number): Promise<Buffer | undefined> {
      const content = await place.read(what, { signal, ...(from === undefined ? {} : { from }) });
      if (content === undefined) return undefined;
      const pieces: Uint8Array[] = [];
      for await (const piece of content.pieces) pieces.push(piece);
      return Buffer.concat(pieces);
    }

    it('has nothing at first', async () => {
      expect(await place.look('objects/ab/c', signal)).toBeUndefined();
      expect(await place.read('objects/ab/c', { signal })).toBeUndefined();
      for await (const item of place.list('objects/', signal)) throw new Error(item.name);
      await place.remove('objects/ab/c', signal);
    });

    it('gives back what was written, all of it or from a byte on', async () => {
      const content = randomBytes(300_000);
      const before = Date.now();
      expect(await place.write('objects/ab/c', fileOf(content), { signal })).toBe('written');
      expect((await read('objects/ab/c'))?.equals(content)).toBe(true);
      expect((await read('objects/ab/c', 123_456))?.equals(content.subarray(123_456))).toBe(true);
      const item = await place.look('objects/ab/c', signal);
      expect(item?.bytes).toBe(300_000);
      expect(Math.abs((item?.writtenAt ?? 0) - before)).toBeLessThan(60_000);
      expect((await place.read('objects/ab/c', { signal, from: 1000 }))?.item.bytes).toBe(300_000);
    });

    it('keeps an empty object, and text', async () => {
      await place.write('objects/00/0', fileOf(Buffer.alloc(0)), { signal });
      await place.write('records/ab/c.json', '{"grüße":1}', { signal });
      expect((await read('objects/00/0'))?.length).toBe(0);
      expect((await read('records/ab/c.json'))?.toString()).toBe('{"grüße":1}');
    });

    it('keeps an object of many parts', async () => {
      const content = randomBytes(21 * 2 ** 20 + 5);
      await place.write('objects/ab/large', fileOf(content), { signal });
      expect((await place.look('objects/ab/large', signal))?.bytes).toBe(content.length);
      expect((await read('objects/ab/large'))?.equals(content)).toBe(true);
    });

    it.each([1000, 9 * 2 ** 20])('does not keep a file of %d bytes that is not what its digest says', async (bytes) => {
      const file = fileOf(randomBytes(bytes));
      const changed = randomBytes(bytes);
      writeFileSync(file.path, changed);
      const refusal: unknown = await place.write('objects/ab/bad', file, { signal }).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(DamagedFile);
      expect(await place.look('objects/ab/bad', signal)).toBeUndefined();
      expect(await place.removeUnfinished(Date.now() + 60_000, signal)).toBe(0);
    });

    it('writes where nothing is yet, once', async () => {
      expect(await place.write('records/a', 'first', { signal, only: 'absent' })).toBe('written');
      expect(await place.write('records/a', 'second', { signal, only: 'absent' })).toBe('refused');
      expect((await read('records/a'))?.toString()).toBe('first');
    });

    it('lets one of many win that write at once where nothing is yet', async () => {
      const names = Array.from({ length: 12 }, (_, n) => String(n));
      const outcomes = await Promise.all(
        names.map((text) => place.write('records/race', text, { signal, only: 'absent' })),
      );
      expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
      expect((await read('records/race'))?.toString()).toBe(String(outcomes.indexOf('written')));
    });

    it('replaces what still is what was seen, and lets one of many do so', async () => {
      await place.write('records/a', 'seen', { signal });
      const { tag = '' } = (await place.look('records/a', signal)) ?? {};
      const names = Array.from({ length: 6 }, (_, n) => String(n));
      const outcomes = await Promise.all(
        names.map((text) => place.write('records/a', text, { signal, only: { tag } })),
      );
      expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
      expect((await read('records/a'))?.toString()).toBe(String(outcomes.indexOf('written')));
      expect(await place.write('records/gone', 'x', { signal, only: { tag } })).toBe('refused');
    });

    it('lists what begins so, however much it is, and removes', async () => {
      await Promise.all(Array.from({ length: MANY }, (_, n) => place.write(`records/${n % 7}/${n}`, 'x', { signal })));
      await place.write('store.json', '{}', { signal });
      const names = new Set<string>();
      for await (const { name: listed, bytes } of place.list('records/', signal)) {
        expect(bytes).toBe(1);
        names.add(listed);
      }
      expect(names.size).toBe(MANY);
      await place.remove('records/0/0', signal);
      expect(await place.look('records/0/0', signal)).toBeUndefined();
    });

    it('ends when it is told to', async () => {
      const cancel = new AbortController();
      cancel.abort(new Error('cancelled'));
      const file = fileOf(randomBytes(1000));
      await expect(place.write('objects/ab/c', file, { signal: cancel.signal })).rejects.toThrow('cancelled');
      expect(await place.look('objects/ab/c', signal)).toBeUndefined();
    });
  });
}
