/** The person's own images and labels, in IDX files. */
import type { StageContext } from '../../core/stage-runner.ts';
import { parseIdx } from './idx-format.ts';
import type { IdxArray } from './idx-format.ts';
import { pairImages } from './labelled-images.ts';
import type { ImageSet } from './labelled-images.ts';
import type { IdxFiles, LoadDataOptions } from './options.ts';
import { fileFailure } from '../persons-file.ts';
import { readDecompressed } from './decompressed-file.ts';
import type { PersonsFile } from '../persons-file.ts';
import { joinParts } from './source-images.ts';
import type { SourceImages } from './source-images.ts';

/** @throws StageFailure where a file is missing, is no IDX file of bytes, or does not fit the others */
export async function loadIdx(context: StageContext, { files, classes }: LoadDataOptions): Promise<SourceImages> {
  if (files === undefined) throw new Error('the data set idx without files');
  const train = await readPair(context, files, ['trainImages', 'trainLabels']);
  const test = await readPair(context, files, ['testImages', 'testLabels']);
  return joinParts({ train, test, classes, testFile: fileOf(files, 'testImages') });
}

type FileName = keyof IdxFiles;

async function readPair(
  context: StageContext,
  files: IdxFiles,
  [imagesName, labelsName]: readonly [FileName, FileName],
): Promise<ImageSet> {
  const images = await readIdx(context, fileOf(files, imagesName));
  const labels = await readIdx(context, fileOf(files, labelsName));
  const paired = pairImages(images, labels);
  if (paired.ok) return paired.value;
  throw fileFailure(fileOf(files, paired.error.file === 'images' ? imagesName : labelsName), paired.error.message);
}

async function readIdx(context: StageContext, file: PersonsFile): Promise<IdxArray> {
  const parsed = parseIdx(await readDecompressed(context, file));
  if (parsed.ok) return parsed.value;
  throw fileFailure(file, parsed.error);
}

function fileOf(files: IdxFiles, name: FileName): PersonsFile {
  return { path: files[name], pointer: `/with/files/${name}` };
}
