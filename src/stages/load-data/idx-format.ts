/**
 * The IDX format of MNIST's files: two bytes 0, the type of the numbers (8: bytes), the number of dimensions; each dimension as a
 * big-endian uint32; then the numbers, row-major. http://yann.lecun.com/exdb/mnist/
 */
import { failure, success } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';

export interface IdxArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;
const MAX_DIMENSIONS = 4;

/**
 * @param bytes the file's, decompressed
 * @returns what is wrong with it as the rest of a sentence that begins with the file's name
 */
export function parseIdx(bytes: Uint8Array): Result<IdxArray, string> {
  if (bytes.length < 4) return failure(`has ${bytes.length} bytes, too few for an IDX file`);
  const [zero, alsoZero, type = 0, dimensions = 0] = bytes;
  if (zero !== 0 || alsoZero !== 0 || dimensions < 1 || dimensions > MAX_DIMENSIONS) {
    return failure(`is no IDX file: it begins with ${hex(bytes.subarray(0, 4))}`);
  }
  if (type !== UNSIGNED_BYTE) {
    return failure(
      `holds numbers of the IDX type 0x${type.toString(16).padStart(2, '0')}, and only bytes (0x08) are read`,
    );
  }
  const header = 4 + 4 * dimensions;
  if (bytes.length < header) return failure('is cut short within its header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: dimensions }, (_, dimension) => view.getUint32(4 + 4 * dimension));
  const expected = header + shape.reduce((product, size) => product * size, 1);
  const words = `its header, ${shape.join(' × ')}, asks for ${expected} bytes, and it has ${bytes.length}`;
  if (bytes.length < expected) return failure(`is cut short: ${words}`);
  if (bytes.length > expected) return failure(`is too long: ${words}`);
  return success({ shape, data: bytes.subarray(header) });
}

function hex(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes).toString('hex')}`;
}
