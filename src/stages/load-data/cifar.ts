/** CIFAR-10 and CIFAR-100 from the binary files in a person's folder. */
import { join } from 'node:path';
import type { StageContext } from '../../core/stage-runner.ts';
import { cifarFormats, parseCifar } from './cifar-format.ts';
import type { CifarFormat } from './cifar-format.ts';
import type { ImageSet } from './labelled-images.ts';
import { fileFailure } from '../persons-file.ts';
import { readDecompressed } from './decompressed-file.ts';
import type { SourceImages } from './source-images.ts';

/** @throws StageFailure where a file is missing, or is none of CIFAR's */
export async function loadCifar(
  context: StageContext,
  dataset: keyof typeof cifarFormats,
  folder: string,
): Promise<SourceImages> {
  const format: CifarFormat = cifarFormats[dataset];
  const parts: ImageSet[] = [];
  for (const name of [...format.trainFiles, format.testFile]) {
    parts.push(await readPart(context, format, join(folder, name)));
  }
  const [test] = parts.splice(-1);
  if (test === undefined) throw new Error('CIFAR without files');
  return { train: joined(parts), test, classes: format.classes };
}

async function readPart(context: StageContext, format: CifarFormat, path: string): Promise<ImageSet> {
  const file = { path, pointer: '/with/folder' };
  const parsed = parseCifar(await readDecompressed(context, file), format);
  if (parsed.ok) return parsed.value;
  throw fileFailure(file, parsed.error, 'get the "binary version" of CIFAR: files that end in .bin');
}

function joined(parts: readonly ImageSet[]): ImageSet {
  const together = (arrays: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(arrays));
  return {
    images: together(parts.map(({ images }) => images)),
    labels: together(parts.map(({ labels }) => labels)),
    shape: parts[0]?.shape ?? [],
  };
}
