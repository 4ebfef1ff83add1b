/** MNIST as it has always been. Each copy has a gzip of its own, so the decompressed bytes are what is known. */
import { sha256 } from '../../base/hash.ts';
import { failure, success } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { decompress } from './gunzip.ts';

export interface MnistFile {
  readonly name: string;
  /** Decompressed. */
  readonly bytes: number;
  /** Of the decompressed bytes. */
  readonly sha256: string;
}

export const mnistFiles = {
  trainImages: {
    name: 'train-images-idx3-ubyte',
    bytes: 47_040_016,
    sha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
  },
  trainLabels: {
    name: 'train-labels-idx1-ubyte',
    bytes: 60_008,
    sha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
  },
  testImages: {
    name: 't10k-images-idx3-ubyte',
    bytes: 7_840_016,
    sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
  },
  testLabels: {
    name: 't10k-labels-idx1-ubyte',
    bytes: 10_008,
    sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
  },
} satisfies Record<string, MnistFile>;

/** What the file may be called in a person's folder: as published, or as some programs unpack it. */
export function usualNames({ name }: MnistFile): readonly string[] {
  const dotted = name.replace('-idx', '.idx');
  return [name, dotted].flatMap((plain) => [plain, `${plain}.gz`]);
}

/**
 * @param bytes as found, compressed or not
 * @returns the decompressed bytes, or what is wrong as the rest of a sentence that begins with the file's name
 */
export async function verify(file: MnistFile, bytes: Uint8Array): Promise<Result<Uint8Array, string>> {
  const decompressed = await decompress(bytes, file.bytes);
  if (!decompressed.ok) return decompressed;
  const found = sha256(decompressed.value);
  if (found === file.sha256) return success(decompressed.value);
  return failure(
    `is not MNIST's ${file.name}: its ${decompressed.value.length} bytes have the SHA-256 ${found}, not ${file.sha256}`,
  );
}
