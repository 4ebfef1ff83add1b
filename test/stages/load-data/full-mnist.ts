/** MNIST's own files, where a folder beside the project holds them. Tests that need them are skipped, and say why, where none does. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

export const mnistFolder = resolve(process.env['MNIST_FOLDER'] ?? '../shared/mnist');

/** Why not, for a test's name; undefined where they are there. */
export const missingMnist = existsSync(join(mnistFolder, 'train-images-idx3-ubyte.gz'))
  ? undefined
  : ` (needs MNIST's files in ../shared/mnist, or in the folder that MNIST_FOLDER names)`;

export async function readMnist(): Promise<{ images: Uint8Array; labels: Uint8Array }> {
  const [images, labels] = await Promise.all(
    ['train-images-idx3-ubyte.gz', 'train-labels-idx1-ubyte.gz'].map((name) => readFile(join(mnistFolder, name))),
  );
  if (images === undefined || labels === undefined) throw new Error('unreachable');
  return { images: gunzipSync(images).subarray(16), labels: gunzipSync(labels).subarray(8) };
}
