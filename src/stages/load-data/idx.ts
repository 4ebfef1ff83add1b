/** The person's own images and labels, in IDX files. */
import { readFile } from 'node:fs/promises';
import { StageFailure } from '../../core/stage-runner.ts';
import type { StageContext } from '../../core/stage-runner.ts';
import { parseIdx } from './idx-format.ts';
import type { IdxArray } from './idx-format.ts';
import { decompress } from './gunzip.ts';
import { pairImages } from './labelled-images.ts';
import type { ImageSet } from './labelled-images.ts';
import type { IdxFiles, LoadDataOptions } from './options.ts';
import type { SourceImages } from './source-images.ts';

/** @throws StageFailure where a file is missing, is no IDX file of bytes, or does not fit the others */
export async function loadIdx(context: StageContext, { files, classes }: LoadDataOptions): Promise<SourceImages> {
  if (files === undefined) throw new Error('the data set idx without files');
  const train = await readPair(context, files, ['trainImages', 'trainLabels']);
  const test = await readPair(context, files, ['testImages', 'testLabels']);
  if (train.shape.join() !== test.shape.join()) {
    const message = `the training images are ${train.shape.join(' × ')}, and the test images ${test.shape.join(' × ')}`;
    throw new StageFailure('bad-option', message, { pointer: '/with/files/testImages' });
  }
  const largest = Math.max(largestOf(train.labels), largestOf(test.labels));
  if (classes !== undefined && largest >= classes) {
    throw new StageFailure('bad-option', `there is a label ${largest}, and ${classes} classes count from 0`, {
      hint: `write \`classes: ${largest + 1}\`, or leave it out`,
      pointer: '/with/classes',
    });
  }
  return { train, test, classes: classes ?? largest + 1 };
}

type FileName = keyof IdxFiles;

async function readPair(
  context: StageContext,
  files: IdxFiles,
  [imagesName, labelsName]: readonly [FileName, FileName],
): Promise<ImageSet> {
  const images = await readIdx(context, files, imagesName);
  const labels = await readIdx(context, files, labelsName);
  const paired = pairImages(images, labels);
  if (paired.ok) return paired.value;
  const name = paired.error.file === 'images' ? imagesName : labelsName;
  throw fileFailure(files, name, paired.error.message);
}

async function readIdx(context: StageContext, files: IdxFiles, name: FileName): Promise<IdxArray> {
  const raw = await readPersonsFile(context, files, name);
  const decompressed = await decompress(raw);
  const parsed = decompressed.ok ? parseIdx(decompressed.value) : decompressed;
  if (parsed.ok) return parsed.value;
  throw fileFailure(files, name, parsed.error);
}

async function readPersonsFile(context: StageContext, files: IdxFiles, name: FileName): Promise<Uint8Array> {
  try {
    return await readFile(context.resolvePath(files[name]), { signal: context.signal });
  } catch (error) {
    context.signal.throwIfAborted();
    const { code } = error as NodeJS.ErrnoException;
    const message =
      code === 'ENOENT'
        ? `${files[name]} is not there`
        : `${files[name]} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    throw new StageFailure('input-missing', message, { pointer: `/with/files/${name}`, cause: error });
  }
}

function fileFailure(files: IdxFiles, name: FileName, message: string): StageFailure {
  return new StageFailure('bad-option', `${files[name]} ${message}`, { pointer: `/with/files/${name}` });
}

function largestOf(labels: Uint8Array): number {
  return labels.reduce((largest, label) => Math.max(largest, label), 0);
}
