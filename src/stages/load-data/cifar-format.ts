/**
 * The binary files of CIFAR-10 and CIFAR-100 (Krizhevsky 2009): records of the label, one byte, and 32 × 32 pixels of red, then
 * of green, then of blue, row-major. CIFAR-100 has the coarse label in front of the fine one. https://www.cs.toronto.edu/~kriz/cifar.html
 */
import { failure, success } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import type { ImageSet } from './labelled-images.ts';

export interface CifarFormat {
  readonly classes: number;
  /** In front of the pixels. */
  readonly labelBytes: number;
  /** Which of them is the label. */
  readonly label: number;
  readonly trainFiles: readonly string[];
  readonly testFile: string;
}

export const cifarFormats = {
  'cifar-10': {
    classes: 10,
    labelBytes: 1,
    label: 0,
    trainFiles: [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`),
    testFile: 'test_batch.bin',
  },
  'cifar-100': { classes: 100, labelBytes: 2, label: 1, trainFiles: ['train.bin'], testFile: 'test.bin' },
  'cifar-100-coarse': { classes: 20, labelBytes: 2, label: 0, trainFiles: ['train.bin'], testFile: 'test.bin' },
} satisfies Record<string, CifarFormat>;

const SIDE = 32;
const PLANE = SIDE * SIDE;
const CHANNELS = 3;
const IMAGE = PLANE * CHANNELS;

export const cifarShape = [SIDE, SIDE, CHANNELS] as const;

/** @returns what is wrong as the rest of a sentence that begins with the file's name */
export function parseCifar(
  bytes: Uint8Array,
  { classes, labelBytes, label: place }: CifarFormat,
): Result<ImageSet, string> {
  const record = labelBytes + IMAGE;
  const count = bytes.length / record;
  if (count === 0) return failure('is empty');
  if (!Number.isInteger(count)) {
    const parts = `${labelBytes} of labels and ${IMAGE} of pixels`;
    return failure(`has ${bytes.length} bytes, which are no whole records of ${record} (${parts})`);
  }
  const images = new Uint8Array(count * IMAGE);
  const labels = new Uint8Array(count);
  for (let at = 0; at < count; at++) {
    const label = bytes[at * record + place] ?? 0;
    if (label >= classes)
      return failure(`has the label ${label} in record ${at + 1}, and classes are 0 to ${classes - 1}`);
    labels[at] = label;
    const planes = bytes.subarray(at * record + labelBytes, (at + 1) * record);
    let to = at * IMAGE;
    for (let pixel = 0; pixel < PLANE; pixel++) {
      for (let channel = 0; channel < CHANNELS; channel++) images[to++] = planes[channel * PLANE + pixel] ?? 0;
    }
  }
  return success({ images, labels, shape: cifarShape });
}
