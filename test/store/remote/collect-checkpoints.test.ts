import { expect, it } from '@jest/globals';
import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectRemote } from '../../../src/store/remote/collect.ts';
import { folderPlace } from '../../../src/store/remote/folder-place.ts';
import { openRemoteStore } from '../../../src/store/remote/remote-store.ts';
import { temporaryFolder } from '../../base/temporary-folder.ts';
import { filesIn } from '../../e2e/store-content.ts';
import { digest } from '../records.ts';

const DAY = 24 * 3600 * 1000;

it('gc takes checkpoints that others have gone beyond or that were cut off, and the furthest two weeks later', async () => {
  const shared = `${temporaryFolder()}/shared`;
  const place = folderPlace(shared);
  const { signal } = new AbortController();
  const now = Date.now();
  /** As many days ago. */
  async function write(
    training: string,
    epoch: number,
    days: number,
    files = ['state', 'checkpoint.json'],
  ): Promise<void> {
    const key = digest(training);
    for (const file of files) {
      const name = `checkpoints/${key.slice(0, 2)}/${key.slice(2)}/epoch-00000${epoch}/${file}`;
      await place.write(name, 'content', { signal });
      utimesSync(join(shared, name), new Date(now - days * DAY), new Date(now - days * DAY));
    }
  }
  await write('beyond', 1, 3);
  await write('beyond', 2, 3);
  await write('young', 1, 1);
  await write('young', 2, 1);
  await write('cut', 2, 10);
  await write('cut', 3, 3, ['state']);
  await write('old', 1, 15);
  await write('too old', 1, 17);
  writeFileSync(join(shared, 'checkpoints/a note of a person'), '');
  const gc = (dryRun: boolean) =>
    collectRemote(openRemoteStore(place), {
      before: now - 2 * DAY,
      ...{ needed: new Set(), notedIn: () => ({ objects: [] }), dryRun, signal },
    });
  const before = filesIn(shared);
  expect(await gc(true)).toMatchObject({ checkpoints: 3 });
  expect(filesIn(shared)).toEqual(before);
  expect(await gc(false)).toMatchObject({ checkpoints: 3, unfinished: 0 });
  const left = (training: string): readonly string[] =>
    filesIn(join(shared, 'checkpoints', digest(training).slice(0, 2), digest(training).slice(2)));
  const whole = (epoch: number): readonly string[] => [
    `epoch-00000${epoch}/checkpoint.json`,
    `epoch-00000${epoch}/state`,
  ];
  expect(left('beyond')).toEqual(whole(2));
  expect(left('young')).toEqual([...whole(1), ...whole(2)]);
  expect(left('cut')).toEqual(whole(2));
  expect(left('old')).toEqual(whole(1));
  expect(left('too old')).toEqual([]);
  expect(await gc(false)).toMatchObject({ checkpoints: 0 });
});
