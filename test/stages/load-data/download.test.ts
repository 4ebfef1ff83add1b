import { beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../../src/base/hash.ts';
import { download } from '../../../src/stages/load-data/download.ts';
import type { DownloadProgress, DownloadRequest } from '../../../src/stages/load-data/download.ts';
import { temporaryFolder } from '../../base/temporary-folder.ts';
import { closedMirror, openMirror } from './mnist-server.ts';

const content = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 31 + (index >> 8)) & 0xff);
const files = { 'file.gz': content };

let folder: string;
let progress: DownloadProgress[];
beforeEach(() => {
  folder = temporaryFolder();
  progress = [];
});

function requestFor(base: string, more: Partial<DownloadRequest> = {}): DownloadRequest {
  return {
    url: `${base}file.gz`,
    to: join(folder, 'kept', 'file.gz'),
    signal: new AbortController().signal,
    onProgress: (told) => progress.push(told),
    ...more,
  };
}

function partOf({ url, to }: DownloadRequest): string {
  return `${to}.${sha256(url).slice(0, 8)}.part`;
}

function isWhole({ to }: DownloadRequest): boolean {
  return Buffer.compare(readFileSync(to), content) === 0;
}

test('loads a file, tells how far it is, and leaves nothing beside it', async () => {
  const { url } = await openMirror({ files });
  const request = requestFor(url);
  expect(await download(request)).toEqual({ resumed: false });
  expect(isWhole(request)).toBe(true);
  expect(readdirSync(join(folder, 'kept'))).toEqual(['file.gz']);
  expect(progress.at(-1)).toMatchObject({ done: 300_000, total: 300_000 });
});

test('asks for the rest after each cut', async () => {
  const mirror = await openMirror({ files, cut: { after: 100_000, times: 2 } });
  const request = requestFor(mirror.url);
  await download(request);
  expect(isWhole(request)).toBe(true);
  expect(mirror.requests).toEqual([
    'GET /mnist/file.gz',
    'GET /mnist/file.gz bytes=100000-',
    'GET /mnist/file.gz bytes=200000-',
  ]);
});

test('goes on from what an earlier process has left', async () => {
  const mirror = await openMirror({ files });
  const request = requestFor(mirror.url);
  await download({ ...request, url: `${mirror.url}file.gz?make-the-folder` }).catch(() => undefined);
  writeFileSync(partOf(request), content.subarray(0, 299_999));
  expect(await download(request)).toEqual({ resumed: true });
  expect(isWhole(request)).toBe(true);
  expect(mirror.requests.at(-1)).toBe('GET /mnist/file.gz bytes=299999-');
});

test('starts again where a server knows no ranges, and takes what is whole already', async () => {
  for (const [ignoresRanges, size] of [
    [true, 1000],
    [false, 300_000],
  ] as const) {
    const { url } = await openMirror({ files, ignoresRanges });
    const request = requestFor(url);
    await download({ ...request, url: `${url}none` }).catch(() => undefined);
    writeFileSync(partOf(request), content.subarray(0, size));
    await download(request);
    expect(isWhole(request)).toBe(true);
  }
});

describe('gives up, and says why, when', () => {
  test('the server has no such file', async () => {
    const mirror = await openMirror({ files: {} });
    await expect(download(requestFor(mirror.url))).rejects.toThrow('404 Not Found');
    expect(mirror.requests).toHaveLength(1);
  });

  test('the server fails each time', async () => {
    const mirror = await openMirror({ files, status: 503 });
    await expect(download(requestFor(mirror.url))).rejects.toThrow('503 Service Unavailable');
    expect(mirror.requests).toHaveLength(3);
  });

  test('nobody answers', async () => {
    await expect(download(requestFor(await closedMirror()))).rejects.toThrow('ECONNREFUSED');
  });

  test('nothing comes any more', async () => {
    const { url } = await openMirror({ files, stalls: true });
    await expect(download(requestFor(url, { stall: 100 }))).rejects.toThrow('nothing came for 0.1 seconds');
  });
});

test('ends when the run is cancelled, and keeps what has come', async () => {
  const { url } = await openMirror({ files, stalls: true });
  const reason = new Error('cancelled by the test');
  const request = requestFor(url, { signal: AbortSignal.any([aborting(reason)]) });
  await expect(download(request)).rejects.toBe(reason);
  expect(existsSync(request.to)).toBe(false);
  expect(readFileSync(partOf(request)).length).toBe(150_000);
});

function aborting(reason: Error): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => {
    controller.abort(reason);
  }, 300);
  return controller.signal;
}
