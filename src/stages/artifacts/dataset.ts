/**
 * The artifact of a data set.
 *
 *   dataset.json                 { format, shape, classes, scale, splits: { train: { count, images, labels, imagesSha256 } } }
 *   train-images.bin             count × shape bytes, row-major, one image after the other
 *   train-labels.bin             count bytes: the class of each image, from 0
 *   validation-…, test-…         the same; a split without images has no files, and is not in `splits`
 *
 * Nothing tells where the images came from: equal images make equal artifacts.
 */
import { sha256 } from '../../base/hash.ts';
import type { Digest } from '../../base/hash.ts';
import type { JsonObject } from '../../base/json.ts';
import type { InputArtifact, StageContext } from '../../core/stage-runner.ts';
import type { Samples } from '../../distill/samples.ts';
import { splitNames } from './facts.ts';
import type { SplitName } from './facts.ts';
import { jsonBytes, readDescription } from './json-file.ts';

const FORMAT = 'distill-pipeline/dataset@1';

export interface LabelledImages {
  /** count × shape bytes, row-major. */
  readonly images: Uint8Array;
  /** The class of each image. */
  readonly labels: Uint8Array;
}

export interface Dataset {
  /** Of one image: [height, width, channels]. */
  readonly shape: readonly number[];
  readonly classes: number;
  /** What a model sees: bytes divided by 255, or as they are. */
  readonly scale: 'unit' | 'raw';
  readonly splits: Readonly<Record<SplitName, LabelledImages>>;
}

export async function writeDataset(context: Pick<StageContext, 'write'>, dataset: Dataset): Promise<void> {
  const splits: Record<string, JsonObject> = {};
  for (const name of splitNames) {
    const { images, labels } = dataset.splits[name];
    if (labels.length === 0) continue;
    const files = { images: `${name}-images.bin`, labels: `${name}-labels.bin` };
    splits[name] = { count: labels.length, ...files, imagesSha256: sha256(images) };
    await context.write(files.images, images);
    await context.write(files.labels, labels);
  }
  const { shape, classes, scale } = dataset;
  await context.write('dataset.json', jsonBytes({ format: FORMAT, shape, classes, scale, splits }));
}

interface SplitDescription {
  readonly count: number;
  readonly images: string;
  readonly labels: string;
  readonly imagesSha256: Digest;
}

interface DatasetDescription {
  readonly shape: readonly number[];
  readonly classes: number;
  readonly scale: Dataset['scale'];
  readonly splits: Readonly<Partial<Record<SplitName, SplitDescription>>>;
}

/** A split, and the digest by which soft labels name the images that they are for. */
export interface ReadSplit {
  readonly samples: Samples;
  readonly imagesSha256: Digest;
}

export interface ReadDataset {
  readonly classes: number;
  /** Undefined where the data set has no such images. */
  split(name: SplitName): Promise<ReadSplit | undefined>;
}

export async function readDataset(input: InputArtifact): Promise<ReadDataset> {
  const description = await readDescription(input, 'dataset.json', FORMAT);
  const { shape, classes, scale, splits } = description as unknown as DatasetDescription;
  return {
    classes,
    split: async (name) => {
      const split = splits[name];
      if (split === undefined) return undefined;
      const pixels = await input.open(split.images);
      const labels = await input.read(split.labels);
      const samples = { count: split.count, shape, pixels, scale: scale === 'unit' ? 1 / 255 : 1, labels, classes };
      return { samples, imagesSha256: split.imagesSha256 };
    },
  };
}

/** All of a data set, in memory. Splits without images are empty. */
export async function readWholeDataset(input: InputArtifact): Promise<Dataset> {
  const description = await readDescription(input, 'dataset.json', FORMAT);
  const { shape, classes, scale, splits } = description as unknown as DatasetDescription;
  const read = async (name: SplitName): Promise<LabelledImages> => {
    const split = splits[name];
    if (split === undefined) return { images: new Uint8Array(), labels: new Uint8Array() };
    return { images: await input.read(split.images), labels: await input.read(split.labels) };
  };
  const all = { train: await read('train'), validation: await read('validation'), test: await read('test') };
  return { shape, classes, scale, splits: all };
}

/** These images, in this order. */
export function selectImages({ images, labels }: LabelledImages, chosen: Int32Array): LabelledImages {
  const size = images.length / Math.max(1, labels.length);
  const selected = { images: new Uint8Array(chosen.length * size), labels: new Uint8Array(chosen.length) };
  for (const [place, index] of chosen.entries()) {
    selected.images.set(images.subarray(index * size, (index + 1) * size), place * size);
    selected.labels[place] = labels[index] ?? 0;
  }
  return selected;
}
