/** All of MNIST: from the person's folder, from what was downloaded before, or from a mirror; never anything else in its place. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StageFailure } from '../../core/stage-runner.ts';
import type { StageContext } from '../../core/stage-runner.ts';
import { discard, download, DownloadFailure } from './download.ts';
import { parseIdx } from './idx-format.ts';
import { pairImages } from './labelled-images.ts';
import type { ImageSet } from './labelled-images.ts';
import { mnistFiles, usualNames, verify } from './mnist-files.ts';
import type { MnistFile } from './mnist-files.ts';
import type { LoadDataOptions } from './options.ts';
import type { SourceImages } from './source-images.ts';

/** @throws StageFailure where a file is nowhere to be had, or is not MNIST's */
export async function loadMnist(context: StageContext, options: LoadDataOptions): Promise<SourceImages> {
  const { trainImages, trainLabels, testImages, testLabels } = mnistFiles;
  return {
    train: await loadPair(context, options, [trainImages, trainLabels]),
    test: await loadPair(context, options, [testImages, testLabels]),
    classes: 10,
  };
}

async function loadPair(
  context: StageContext,
  options: LoadDataOptions,
  [imagesFile, labelsFile]: readonly [MnistFile, MnistFile],
): Promise<ImageSet> {
  const images = parseIdx(await loadFile(context, options, imagesFile));
  const labels = parseIdx(await loadFile(context, options, labelsFile));
  const paired = images.ok && labels.ok ? pairImages(images.value, labels.value) : undefined;
  if (paired?.ok !== true) throw new Error('MNIST has its checksums, and does not parse');
  return paired.value;
}

/** @returns the decompressed bytes, checked */
async function loadFile(context: StageContext, options: LoadDataOptions, file: MnistFile): Promise<Uint8Array> {
  context.signal.throwIfAborted();
  return (
    (await fromFolder(context, options, file)) ??
    (await fromDownloads(context, file)) ??
    (await fromMirrors(context, options, file))
  );
}

async function fromFolder(
  context: StageContext,
  { folder, mirrors }: LoadDataOptions,
  file: MnistFile,
): Promise<Uint8Array | undefined> {
  if (folder === undefined) return undefined;
  for (const name of usualNames(file)) {
    const bytes = await readIfThere(join(context.resolvePath(folder), name));
    if (bytes === undefined) continue;
    const verified = await verify(file, bytes);
    if (verified.ok) return verified.value;
    throw new StageFailure('checksum-mismatch', `${join(folder, name)} ${verified.error}`, {
      hint: 'get it again, or read images of your own with `dataset: idx`',
      pointer: '/with/folder',
    });
  }
  const next = mirrors.length > 0 ? ': it is looked for at the mirrors' : '';
  context.emit({ type: 'stage-note', message: `the folder ${folder} has no ${file.name}${next}` });
  return undefined;
}

async function fromDownloads(context: StageContext, file: MnistFile): Promise<Uint8Array | undefined> {
  const bytes = await readIfThere(downloadPath(context, file));
  if (bytes === undefined) return undefined;
  const verified = await verify(file, bytes);
  // A damaged download is loaded again, and replaced.
  return verified.ok ? verified.value : undefined;
}

async function fromMirrors(
  context: StageContext,
  { folder, mirrors }: LoadDataOptions,
  file: MnistFile,
): Promise<Uint8Array> {
  const reasons: string[] = [];
  const codes = new Set<'download-failed' | 'checksum-mismatch'>();
  for (const mirror of mirrors) {
    const result = await fromMirror(context, mirror, file);
    if (result instanceof Uint8Array) return result;
    codes.add(result.code);
    reasons.push(`${new URL(mirror).host}: ${result.reason}`);
  }
  const tried = mirrors.length === 0 ? '`mirrors` is empty' : reasons.join('; ');
  const wrongOnly = codes.size === 1 && codes.has('checksum-mismatch');
  throw new StageFailure(
    wrongOnly ? 'checksum-mismatch' : 'download-failed',
    `MNIST's ${file.name} is ${folder === undefined ? '' : `not in ${folder} and `}not to be had from a mirror (${tried})`,
    {
      hint: "name a folder with MNIST's four files by `folder`, or write `dataset: mnist-10k`, which needs no download",
      pointer: folder === undefined ? '/with/dataset' : '/with/folder',
    },
  );
}

interface MirrorFailure {
  readonly code: 'download-failed' | 'checksum-mismatch';
  readonly reason: string;
}

async function fromMirror(context: StageContext, mirror: string, file: MnistFile): Promise<Uint8Array | MirrorFailure> {
  const name = `${file.name}.gz`;
  const request = {
    url: new URL(name, mirror.endsWith('/') ? mirror : `${mirror}/`).href,
    to: downloadPath(context, file),
    signal: context.signal,
    onProgress: progressTeller(context, name),
  };
  try {
    for (;;) {
      const { resumed } = await download(request);
      const verified = await verify(file, await readFile(request.to));
      if (verified.ok) return verified.value;
      await discard(request);
      // The first part may be another process' or another version's: once more from the start.
      if (!resumed) return { code: 'checksum-mismatch', reason: `what came ${verified.error}` };
    }
  } catch (error) {
    if (!(error instanceof DownloadFailure)) throw error;
    return { code: 'download-failed', reason: error.message };
  }
}

function progressTeller(
  context: StageContext,
  name: string,
): (progress: { done: number; total?: number; bytesPerSecond: number }) => void {
  return ({ done, total, bytesPerSecond }) => {
    context.emit({
      type: 'stage-progress',
      done,
      total: total ?? done,
      unit: 'bytes',
      label: `download ${name}`,
      perSecond: bytesPerSecond,
      ...(total === undefined ? {} : { secondsLeft: (total - done) / Math.max(1, bytesPerSecond) }),
    });
  };
}

function downloadPath(context: StageContext, file: MnistFile): string {
  return join(context.downloadFolder, 'mnist', `${file.name}.gz`);
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined;
    throw new StageFailure('file-unreadable', `${path} cannot be read: ${code ?? String(error)}`, { cause: error });
  }
}
