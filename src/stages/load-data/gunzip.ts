import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { failure, success } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';

const inflate = promisify(gunzip);

/**
 * Decompresses what is compressed with gzip, whatever the file is called, and hands on what is not.
 * @param limit bytes at most; more is a failure, before it fills the memory
 * @returns what is wrong as the rest of a sentence that begins with the file's name
 */
export async function decompress(bytes: Uint8Array, limit?: number): Promise<Result<Uint8Array, string>> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return success(bytes);
  try {
    return success(await inflate(bytes, limit === undefined ? {} : { maxOutputLength: limit }));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'Z_BUF_ERROR') return failure('is cut short: its gzip data ends too early');
    if (code === 'ERR_BUFFER_TOO_LARGE') return failure('is larger than it can be when decompressed');
    return failure(`cannot be decompressed: ${error instanceof Error ? error.message : String(error)}`);
  }
}
