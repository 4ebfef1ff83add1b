/** The images that every contender reads: raw bytes in files, so that none has a reader of its own. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { generator } from '../../src/tensor/random.ts';

const MNIST = '../shared/mnist';
const PIXELS = 28 * 28;

/**
 * Writes `train` and `test`, each as `.pixels` and `.labels`.
 * @returns what the images are, in words
 */
export async function writeImages(folder: string, count: number): Promise<string> {
  const real = existsSync(join(MNIST, 'train-images-idx3-ubyte.gz'));
  for (const [name, file] of [
    ['train', 'train'],
    ['test', 't10k'],
  ] as const) {
    const pixels = real ? (await unpacked(`${file}-images-idx3-ubyte.gz`)).subarray(16) : random(name, count * PIXELS);
    const labels = real ? (await unpacked(`${file}-labels-idx1-ubyte.gz`)).subarray(8) : cyclic(count);
    if (labels.length < count) throw new Error(`there are ${labels.length} ${name} images, fewer than ${count}`);
    await writeFile(join(folder, `${name}.pixels`), pixels.subarray(0, count * PIXELS));
    await writeFile(join(folder, `${name}.labels`), labels.subarray(0, count));
  }
  return real
    ? `the first ${count} images of MNIST`
    : `${count} seeded random images (no MNIST in ${MNIST}, so accuracies mean nothing)`;
}

async function unpacked(file: string): Promise<Uint8Array> {
  return gunzipSync(await readFile(join(MNIST, file)));
}

function random(name: string, length: number): Uint8Array {
  const values = new Float32Array(length);
  generator(1, 'bench', name).fillUniform(values, 0, 256);
  return Uint8Array.from(values);
}

function cyclic(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => index % 10);
}
