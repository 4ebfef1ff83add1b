import { beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { RemoteError } from '../../../src/core/remote-error.ts';
import type { RemotePlace } from '../../../src/core/remote-place.ts';
import type { Store } from '../../../src/core/store.ts';
import { folderCheckpoints } from '../../../src/store/checkpoints.ts';
import { openLocalStore } from '../../../src/store/local-store.ts';
import { type Backing, backedStore } from '../../../src/store/remote/backed-store.ts';
import { folderPlace } from '../../../src/store/remote/folder-place.ts';
import { openRemoteStore } from '../../../src/store/remote/remote-store.ts';
import { temporaryFolder } from '../../base/temporary-folder.ts';
import { digest } from '../records.ts';

/** What is in a checkpoint besides its manifest. */
const files = ['slots.bin', 'weights.bin'];
const resumeKey = digest('a training');
const group = `checkpoints/${resumeKey.slice(0, 2)}/${resumeKey.slice(2)}`;

interface Machine {
  readonly store: Store;
  readonly warnings: readonly string[];
  /** As a stage does that trains from one epoch to another. */
  train(from: number, to: number): Promise<void>;
  send(): Promise<void>;
  fetch(): Promise<void>;
  /** Of the furthest whole one that is here. */
  furthest(): Promise<number | undefined>;
  /** The folders of those that are here. */
  kept(): readonly string[];
}

async function machineAt(place: RemotePlace, more: Partial<Backing> = {}): Promise<Machine> {
  const warnings: string[] = [];
  const { signal } = new AbortController();
  const warn = (message: string): void => void warnings.push(message);
  const backing = { remote: openRemoteStore(place), access: 'read-write', signal, warn, ...more } as const;
  const store = backedStore(await openLocalStore(`${temporaryFolder()}/store`), backing);
  const folder = store.checkpointFolder(resumeKey);
  return {
    store,
    warnings,
    async train(from, to) {
      const checkpoints = folderCheckpoints(folder);
      for (let epoch = from; epoch <= to; epoch++) await checkpoints.save({ epoch, files: contentOf(epoch) });
    },
    send: async () => store.sendCheckpoint?.(resumeKey),
    fetch: async () => store.fetchCheckpoint?.(resumeKey),
    async furthest() {
      const found = await folderCheckpoints(folder).latest(1000);
      if (found === undefined) return undefined;
      const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('latin1');
      for (const [name, bytes] of Object.entries(contentOf(found.epoch)))
        expect(text(found.files[name])).toBe(text(bytes));
      return found.epoch;
    },
    kept: () => (existsSync(folder) ? readdirSync(folder).sort() : []),
  };
}

const large = randomBytes(300_000);

function contentOf(epoch: number): Readonly<Record<string, Uint8Array>> {
  return { 'weights.bin': Buffer.concat([large, Buffer.from(`of ${epoch}`)]), 'slots.bin': Buffer.from(`${epoch}`) };
}

/** What every place of a remote does with the checkpoints of a training that goes from one machine to another. */
export function checkpointContract(name: string, openPlace: () => RemotePlace): void {
  describe(`checkpoints in a remote: ${name}`, () => {
    const { signal } = new AbortController();
    let place: RemotePlace;
    beforeEach(() => {
      place = openPlace();
    });

    async function there(): Promise<readonly string[]> {
      const names: string[] = [];
      for await (const item of place.list('checkpoints/', signal)) names.push(item.name);
      return names.sort();
    }

    const allOf = (epoch: number): readonly string[] =>
      ['checkpoint.json', ...files].map((file) => `${group}/epoch-${String(epoch).padStart(6, '0')}/${file}`);

    /** Gives a name the beginning of what it has, which is text. */
    async function cut(what: string, bytes: number): Promise<void> {
      const content = await place.read(what, { signal });
      const pieces: Uint8Array[] = [];
      for await (const piece of content?.pieces ?? []) pieces.push(piece);
      const text = Buffer.concat(pieces).toString('latin1').slice(0, bytes);
      await place.write(what, text, { signal });
    }

    it('go to another machine, byte for byte, and the training goes on there', async () => {
      const [first, second, third] = [await machineAt(place), await machineAt(place), await machineAt(place)];
      await second.fetch();
      expect(second.kept()).toEqual([]);
      await first.train(1, 3);
      await first.send();
      expect(await there()).toEqual(allOf(3));
      await second.fetch();
      expect(await second.furthest()).toBe(3);
      await second.train(4, 7);
      await second.send();
      expect(await there()).toEqual(allOf(7));
      // What is behind does not take its place, and is brought forward.
      await first.send();
      expect(await there()).toEqual(allOf(7));
      await first.fetch();
      expect(await first.furthest()).toBe(7);
      await third.train(1, 9);
      await third.fetch();
      expect(third.kept()).toEqual(['epoch-000009']);
      expect([first, second, third].flatMap(({ warnings }) => warnings)).toEqual([]);
    });

    it('that are damaged there are not taken, and are mended by who comes as far', async () => {
      const [first, second] = [await machineAt(place), await machineAt(place)];
      await first.train(1, 3);
      await first.send();
      for (const [file, bytes] of [
        ['weights.bin', 1000],
        ['slots.bin', 0],
        ['checkpoint.json', 80],
      ] as const) {
        await cut(`${group}/epoch-000003/${file}`, bytes);
        await second.fetch();
        expect(second.kept()).toEqual([]);
        await second.train(3, 3);
        await second.send();
        rmSync(second.store.checkpointFolder(resumeKey), { recursive: true });
        await second.fetch();
        expect(await second.furthest()).toBe(3);
        rmSync(second.store.checkpointFolder(resumeKey), { recursive: true });
      }
    });

    it('that were cut off on the way are as if they were not there: the one before is taken', async () => {
      const [first, second] = [await machineAt(place), await machineAt(place)];
      await first.train(1, 3);
      await first.send();
      await first.train(4, 5);
      // As a machine leaves it that is lost meanwhile.
      for (const file of files) await place.write(`${group}/epoch-000008/${file}`, 'half', { signal });
      await second.fetch();
      expect(await second.furthest()).toBe(3);
      await first.send();
      expect(await there()).toEqual([...allOf(5), ...allOf(8).slice(1)].sort());
      await second.fetch();
      expect(await second.furthest()).toBe(5);
    });

    it('take the place of a damaged one here', async () => {
      const [first, second] = [await machineAt(place), await machineAt(place)];
      await first.train(2, 2);
      await first.send();
      await second.train(2, 2);
      truncateSync(`${second.store.checkpointFolder(resumeKey)}/epoch-000002/weights.bin`, 5);
      await second.fetch();
      expect(await second.furthest()).toBe(2);
    });

    it('are sent while the training goes on, one at a time, and the last one is there at the end', async () => {
      const [first, second] = [await machineAt(place), await machineAt(place)];
      const sending: Promise<void>[] = [];
      for (let epoch = 1; epoch <= 12; epoch++) {
        await first.train(epoch, epoch);
        rmSync(`${first.store.checkpointFolder(resumeKey)}/epoch-${String(epoch - 1).padStart(6, '0')}`, {
          recursive: true,
          force: true,
        });
        sending.push(first.send());
      }
      await Promise.all(sending);
      expect(await there()).toEqual(allOf(12));
      await second.fetch();
      expect(await second.furthest()).toBe(12);
      expect(first.warnings).toEqual([]);
    });

    it('of a stage that was forced take the place of those that are as far', async () => {
      const [first, second] = [await machineAt(place), await machineAt(place)];
      await first.train(2, 2);
      await first.send();
      const own = digest('afresh');
      const other = { 'weights.bin': Buffer.from('other'), 'slots.bin': Buffer.from('others') };
      await folderCheckpoints(first.store.checkpointFolder(own)).save({ epoch: 2, files: other });
      await first.store.moveCheckpoints(own, resumeKey);
      await first.send();
      await second.fetch();
      const found = await folderCheckpoints(second.store.checkpointFolder(resumeKey)).latest(2);
      expect(Buffer.from(found?.files['weights.bin'] ?? []).toString()).toBe('other');
    });

    it('go there, and warn of nothing, where this machine may not remove what is there', async () => {
      const remove = (): Promise<never> => Promise.reject(new RemoteError('not allowed', { isLasting: true }));
      const [first, second] = [await machineAt({ ...place, remove }), await machineAt(place)];
      for (const epoch of [1, 2, 3]) {
        await first.train(epoch, epoch);
        await first.send();
      }
      expect(await there()).toEqual([...allOf(1), ...allOf(2), ...allOf(3)]);
      await second.fetch();
      expect(await second.furthest()).toBe(3);
      expect(first.warnings).toEqual([]);
    });

    it('stay here where the remote is only read, and cost no more than a warning where it fails', async () => {
      const reader = await machineAt(place, { access: 'read' });
      await reader.train(1, 2);
      await reader.send();
      expect(await there()).toEqual([]);
      const inTheWay = `${temporaryFolder()}/file`;
      writeFileSync(inTheWay, '');
      const unlucky = await machineAt(folderPlace(`${inTheWay}/shared`));
      await unlucky.fetch();
      await unlucky.train(1, 2);
      await unlucky.send();
      expect(await unlucky.furthest()).toBe(2);
      expect(unlucky.warnings).toEqual([expect.stringContaining('a file is where a folder should be')]);
    });
  });
}
