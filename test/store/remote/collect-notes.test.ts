import { randomBytes } from 'node:crypto';
import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { notedIn, remoteNotes } from '../../../src/api/cluster/notes.ts';
import { snapshotNote } from '../../../src/api/cluster/snapshot.ts';
import type { Digest } from '../../../src/base/hash.ts';
import type { RunId, StageId } from '../../../src/core/ids.ts';
import type { RemoteGcReport } from '../../../src/core/remote-gc.ts';
import type { RemotePlace } from '../../../src/core/remote-place.ts';
import { artifactOf } from '../../../src/store/objects.ts';
import { collectRemote } from '../../../src/store/remote/collect.ts';
import { folderPlace } from '../../../src/store/remote/folder-place.ts';
import { objectName } from '../../../src/store/remote/names.ts';
import { openRemoteStore } from '../../../src/store/remote/remote-store.ts';
import { verifyRemote } from '../../../src/store/remote/verify.ts';
import { s3Place } from '../../../src/store/s3/place.ts';
import { temporaryFolder } from '../../base/temporary-folder.ts';
import { filesIn } from '../../e2e/store-content.ts';
import { digest, recordOf } from '../records.ts';
import { describeWithMinio } from './minio.ts';

const DAY = 24 * 3600 * 1000;
const { signal } = new AbortController();

describe('notes of runs in a folder', () => {
  test('go with their run, two weeks after what it told last, and its snapshot and what that names with the last run', async () => {
    const shared = `${temporaryFolder()}/shared`;
    const rig = rigOf(folderPlace(shared));
    const [idle, begun, going] = [digest('idle'), digest('begun'), digest('going')];
    await rig.snapshot(idle, 'a.yaml');
    await rig.note(idle, 'run-1', 'first');
    await rig.note(idle, 'run-1', 'second');
    await rig.snapshot(begun, 'b.yaml');
    await rig.snapshot(going, 'c.yaml');
    await rig.note(going, 'run-2', 'first');
    await rig.note(going, 'run-3', 'first');
    await rig.note(going, 'run-3', 'second');
    writeFileSync(join(shared, 'notes/a note of a person'), '');
    for (const name of filesIn(shared)) age(shared, name, 17);
    const snapshots = join(shared, 'notes');
    age(snapshots, `${begun}/snapshot.json`, 15);
    const last = filesIn(join(snapshots, going, 'run-3'))[1] ?? '';
    age(join(snapshots, going, 'run-3'), last, 1);

    const before = filesIn(shared);
    expect(await rig.gc({ dryRun: true })).toMatchObject({ notes: 4, objects: 1 });
    expect(filesIn(shared)).toEqual(before);
    expect(await rig.gc()).toMatchObject({ notes: 4, objects: 1 });
    expect(filesIn(snapshots)).toEqual(
      [
        'a note of a person',
        `${begun}/snapshot.json`,
        `${going}/snapshot.json`,
        ...filesIn(join(snapshots, going, 'run-3')).map((name) => `${going}/run-3/${name}`),
      ].sort(),
    );
    expect(filesIn(join(snapshots, going, 'run-3'))).toHaveLength(2);
    expect(await rig.has('a.yaml')).toBe(false);
    expect(await rig.has('b.yaml')).toBe(true);
    expect(await rig.has('c.yaml')).toBe(true);
    expect(await rig.gc()).toMatchObject({ notes: 0, objects: 0 });
  });

  test('keep the results of a run that goes on, over any limit, and of one that is over what no record has', async () => {
    const shared = `${temporaryFolder()}/shared`;
    const rig = rigOf(folderPlace(shared));
    const [going, over] = [digest('going'), digest('over')];
    for (const name of ['of both', 'of the going', 'of the over']) await rig.publish(name);
    for (const name of ['uncached of the going', 'uncached of the over', 'of nobody']) await rig.object(name);
    await rig.note(going, 'run-1', 'first', 'of both');
    await rig.note(going, 'run-1', 'second', 'of the going');
    await rig.note(going, 'run-1', 'third', 'uncached of the going');
    await rig.note(over, 'run-2', 'first', 'of both');
    await rig.note(over, 'run-2', 'second', 'of the over');
    await rig.note(over, 'run-2', 'third', 'uncached of the over');
    for (const name of filesIn(shared)) age(shared, name, 5);
    const ofGoing = join(shared, 'notes', going, 'run-1');
    age(ofGoing, filesIn(ofGoing)[0] ?? '', 1);

    const done = await rig.gc({ limit: 0 });
    expect(done.results.map(({ madeBy }) => madeBy?.stage)).toEqual(['of the over']);
    expect(await rig.has('of nobody')).toBe(false);
    expect(await rig.has('of the over')).toBe(false);
    for (const name of ['of both', 'of the going', 'uncached of the going', 'uncached of the over']) {
      expect(await rig.has(name)).toBe(true);
    }
  });

  test('that are damaged, or that somebody wrote anew while gc looked, trouble nobody', async () => {
    const shared = `${temporaryFolder()}/shared`;
    const place = folderPlace(shared);
    const rig = rigOf(place);
    const [damaged, again] = [digest('damaged'), digest('again')];
    await rig.snapshot(damaged, 'a.yaml');
    await rig.snapshot(again, 'b.yaml');
    writeFileSync(join(shared, 'notes', damaged, 'snapshot.json'), '{"checksum":"');
    for (const name of filesIn(shared)) age(shared, name, 17);
    age(join(shared, 'notes'), `${damaged}/snapshot.json`, 1);
    const busy: RemotePlace = {
      ...place,
      async look(name, signal) {
        if (name.startsWith('notes/')) await rig.snapshot(again, 'b.yaml');
        return place.look(name, signal);
      },
    };
    await rigOf(busy).gc();
    expect(filesIn(join(shared, 'notes'))).toEqual([`${again}/snapshot.json`, `${damaged}/snapshot.json`].sort());
    expect(await rig.has('b.yaml')).toBe(true);
  });
});

describeWithMinio('notes of runs in a bucket', (minio) => {
  test('are listed, read, kept and taken away there, and are none of verify’s', async () => {
    const { bucket, endpoint } = minio();
    const settings = { bucket, endpoint, prefix: randomBytes(6).toString('hex'), timeout: 30_000 };
    const rig = rigOf(s3Place(settings, import.meta.dirname, { pageSize: 2 }));
    const snapshot = digest('snapshot');
    await rig.snapshot(snapshot, 'a.yaml');
    await rig.publish('teacher');
    await rig.object('uncached');
    await rig.object('of nobody');
    await rig.note(snapshot, 'run-1', 'first', 'teacher');
    await rig.note(snapshot, 'run-1', 'second', 'uncached');
    await rig.note(snapshot, 'run-1', 'third');
    const verified = await verifyRemote(rig.remote, { repair: true, folder: temporaryFolder(), signal });
    expect(verified).toMatchObject({ damages: [], records: 1, objects: 1 });
    expect(await rig.gc({ limit: 0, before: Date.now() + DAY })).toMatchObject({ notes: 0, objects: 2 });
    expect(await rig.has('a.yaml')).toBe(true);
    expect(await rig.has('uncached')).toBe(true);
    expect(await rig.has('teacher')).toBe(false);
    expect(await rig.gc({ before: Date.now() + 15 * DAY })).toMatchObject({ notes: 4, objects: 2, bytesAfter: 0 });
    expect(await rig.remote.readNote(snapshotNote(snapshot), signal)).toBeUndefined();
  }, 60_000);
});

interface Rig {
  readonly remote: ReturnType<typeof openRemoteStore>;
  snapshot(of: Digest, file: string): Promise<void>;
  /** @param result its content; none: it failed */
  note(of: Digest, run: string, stage: string, result?: string): Promise<void>;
  publish(content: string): Promise<void>;
  object(content: string): Promise<void>;
  has(content: string): Promise<boolean>;
  gc(rules?: { limit?: number; before?: number; dryRun?: boolean }): Promise<RemoteGcReport>;
}

function rigOf(place: RemotePlace): Rig {
  const remote = openRemoteStore(place);
  const folder = temporaryFolder();
  const notes = remoteNotes(remote);
  const pathOf = (content: string): string => {
    const path = join(folder, digest(content));
    writeFileSync(path, content);
    return path;
  };
  const result = (content: string): ReturnType<typeof recordOf> =>
    recordOf(content, artifactOf('files', [{ path: 'file', digest: digest(content), bytes: content.length }]));
  const object = (content: string): Promise<void> =>
    remote.sendObjects([{ path: pathOf(content), bytes: content.length, digest: digest(content) }], signal);
  return {
    remote,
    object,
    async snapshot(of, file) {
      await object(file);
      const files = [{ path: file, digest: digest(file), bytes: file.length }];
      await remote.writeNote(snapshotNote(of), { format: 1, files }, { signal });
    },
    async note(snapshot, run, stage, content) {
      const record = content === undefined ? undefined : result(content);
      await notes.write({ snapshot, run: run as RunId }, stage as StageId, {
        result:
          record === undefined
            ? { status: 'failed', problem: { code: 'stage-failed', message: 'it failed' }, seconds: 1 }
            : { status: 'ran', key: record.key, record, seconds: 1 },
        events: [],
        life: 'life',
      });
    },
    async publish(content) {
      await remote.publish(result(content), { pathOf: () => Promise.resolve(pathOf(content)), signal });
    },
    has: async (content) => (await place.look(objectName(digest(content)), signal)) !== undefined,
    gc: ({ limit, before = Date.now() - 2 * DAY, dryRun = false } = {}) =>
      collectRemote(remote, {
        ...{ before, needed: new Set(), notedIn, dryRun, signal },
        ...(limit === undefined ? {} : { limit }),
      }),
  };
}

/** Written so many days ago. */
function age(folder: string, name: string, days: number): void {
  const time = new Date(Date.now() - days * DAY);
  utimesSync(join(folder, name), time, time);
}
