import { beforeEach, describe, expect, test } from '@jest/globals';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { usualNames, verify } from '../../../src/stages/load-data/mnist-files.ts';
import { temporaryFolder } from '../../base/temporary-folder.ts';
import { failureOf, runStage } from '../rig.ts';
import { missingMnist, mnistFolder } from './full-mnist.ts';
import { closedMirror, openMirror } from './mnist-server.ts';

const names = [
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
];

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

test('files are found under the names that they usually have', () => {
  expect(usualNames({ name: 'train-images-idx3-ubyte', bytes: 0, sha256: '' })).toEqual([
    'train-images-idx3-ubyte',
    'train-images-idx3-ubyte.gz',
    'train-images.idx3-ubyte',
    'train-images.idx3-ubyte.gz',
  ]);
});

test('a file is not decompressed beyond the size that it should have', async () => {
  const verified = await verify({ name: 'x', bytes: 1000, sha256: '' }, gzipSync(Buffer.alloc(1_000_000)));
  expect(verified).toEqual({ ok: false, error: 'is larger than it can be when decompressed' });
});

describe('without its files', () => {
  test('a folder with something else is refused, and nothing is taken in its place', async () => {
    writeFileSync(join(folder, 'train-images-idx3-ubyte'), 'something else');
    const mirror = await openMirror({ files: {} });
    const failure = await failureOf({
      type: 'load-data',
      with: { dataset: 'mnist', folder: '.', mirrors: [mirror.url] },
      folder,
    });
    expect(failure).toMatchObject({ code: 'checksum-mismatch', pointer: '/with/folder' });
    expect(failure.message).toMatch(/^train-images-idx3-ubyte is not MNIST's.*: its 14 bytes have the SHA-256 /);
    expect(mirror.requests).toEqual([]);
  });

  test('offline, the failure names every mirror, the option `folder` and mnist-10k', async () => {
    const [closed, empty] = [await closedMirror(), await openMirror({ files: {} })];
    const events: string[] = [];
    const failure = await failureOf({
      type: 'load-data',
      with: { dataset: 'mnist', folder: 'data', mirrors: [closed, empty.url] },
      folder,
      onEvent: (event) => events.push(event.type === 'stage-note' ? event.message : event.type),
    });
    expect(failure).toMatchObject({ code: 'download-failed', pointer: '/with/folder' });
    expect(failure.message).toMatch(
      /is not in data and not to be had from a mirror \(.*ECONNREFUSED; .*404 Not Found\)$/,
    );
    expect(failure.hint).toMatch(/`folder`.*`dataset: mnist-10k`/);
    expect(events).toEqual(['the folder data has no train-images-idx3-ubyte: it is looked for at the mirrors']);
  });

  test('what a mirror sends is checked', async () => {
    const { url } = await openMirror({ files: { 'train-images-idx3-ubyte.gz': Buffer.from('not MNIST') } });
    const downloadFolder = temporaryFolder();
    const failure = await failureOf({ type: 'load-data', with: { dataset: 'mnist', mirrors: [url] }, downloadFolder });
    expect(failure).toMatchObject({ code: 'checksum-mismatch', pointer: '/with/dataset' });
    expect(failure.message).toMatch(/what came is not MNIST's train-images-idx3-ubyte: its 9 bytes/);
    expect(readdirSync(join(downloadFolder, 'mnist'))).toEqual([]);
  });
});

(missingMnist === undefined ? describe : describe.skip)(`with its files${missingMnist ?? ''}`, () => {
  const published = (): Record<string, Uint8Array> =>
    Object.fromEntries(names.map((name) => [`${name}.gz`, readFileSync(join(mnistFolder, `${name}.gz`))]));
  const split = { train: 100, validation: 50, test: 20 };

  test('reads a folder, compressed or not, under either name', async () => {
    for (const name of names.slice(1)) copyFileSync(join(mnistFolder, `${name}.gz`), join(folder, `${name}.gz`));
    const [first = ''] = names;
    const plain = gunzipSync(readFileSync(join(mnistFolder, `${first}.gz`)));
    writeFileSync(join(folder, 'train-images.idx3-ubyte'), plain);
    const { files, facts } = await runStage({
      type: 'load-data',
      with: { dataset: 'mnist', folder: '.', mirrors: [], split },
      folder,
    });
    expect(facts).toEqual({ inputShape: [28, 28, 1], classes: 10, counts: split });
    expect(Buffer.compare(files.get('train-images.bin') ?? new Uint8Array(), plain.subarray(16, 16 + 78_400))).toBe(0);
    expect(Buffer.compare(files.get('validation-images.bin') ?? new Uint8Array(), plain.subarray(-50 * 784))).toBe(0);
    // The first labels of MNIST's test images are known by heart.
    expect([...(files.get('test-labels.bin') ?? [])].slice(0, 10)).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
  });

  test('downloads what is missing, goes on after a cut, and downloads nothing twice', async () => {
    const mirror = await openMirror({ files: published(), cut: { after: 3_000_000, times: 1 } });
    const downloadFolder = temporaryFolder();
    const request = { type: 'load-data', with: { dataset: 'mnist', mirrors: [mirror.url], split }, downloadFolder };
    const { events } = await runStage(request);
    expect(mirror.requests.slice(0, 2)).toEqual([
      'GET /mnist/train-images-idx3-ubyte.gz',
      'GET /mnist/train-images-idx3-ubyte.gz bytes=3000000-',
    ]);
    expect(mirror.requests).toHaveLength(5);
    expect(events.some((event) => event.type === 'stage-progress' && event.unit === 'bytes')).toBe(true);
    await runStage(request);
    expect(mirror.requests).toHaveLength(5);
  });

  test('a damaged download, or a part that is something else, is loaded again', async () => {
    const mirror = await openMirror({ files: published() });
    const downloadFolder = temporaryFolder();
    mkdirSync(join(downloadFolder, 'mnist'));
    for (const name of names) writeFileSync(join(downloadFolder, 'mnist', `${name}.gz`), 'damaged');
    const request = { type: 'load-data', with: { dataset: 'mnist', mirrors: [mirror.url], split }, downloadFolder };
    const { facts } = await runStage(request);
    expect(facts?.['counts']).toEqual(split);
    expect(mirror.requests).toHaveLength(4);
  });

  test('goes to the next mirror', async () => {
    const good = await openMirror({ files: published() });
    const wrong = await openMirror({
      files: Object.fromEntries(names.map((name) => [`${name}.gz`, Buffer.from('no')])),
    });
    const mirrors = [await closedMirror(), wrong.url, good.url];
    const { metrics } = await runStage({ type: 'load-data', with: { dataset: 'mnist', mirrors, split } });
    expect(metrics['images']).toEqual(split);
  });
});
