/** NumPy's .npy files, format versions 1 to 3: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
import { failure, success } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import type { Table } from './table.ts';

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

export function isNpy(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, index) => bytes[index] === byte);
}

interface Header {
  /** Byte order and type: `<f4`. */
  readonly type: string;
  /** Columns one after the other, not rows. */
  readonly fortran: boolean;
  readonly shape: readonly number[];
  readonly dataStart: number;
}

/** @returns what is wrong as the rest of a sentence that begins with the file's name */
export function parseNpy(bytes: Uint8Array): Result<Table, string> {
  const header = readHeader(bytes);
  if (header === undefined) return failure('has a NumPy header that cannot be read');
  const { type, fortran, shape, dataStart } = header;
  const read = readers[type.slice(1)];
  if (read === undefined || !/^[<>|=]/.test(type)) {
    return failure(`holds numbers of the NumPy type ${type}, and float32, float64 and whole numbers are read`);
  }
  if (shape.length !== 1 && shape.length !== 2) {
    return failure(`has the shape [${shape.join(', ')}], and one or two dimensions are read`);
  }
  const count = shape.reduce((product, size) => product * size, 1);
  const size = Number(type.slice(2));
  if (bytes.length - dataStart !== count * size) {
    return failure(
      `has ${bytes.length - dataStart} bytes of numbers, and its shape [${shape.join(', ')}] asks for ${count * size}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + dataStart, count * size);
  const little = !type.startsWith('>');
  const [rows = 0, columns = 1] = shape;
  const place = (index: number): number => (fortran ? (index % columns) * rows + Math.floor(index / columns) : index);
  return success({
    shape,
    values: Float64Array.from({ length: count }, (_, index) => read(view, place(index) * size, little)),
  });
}

type Read = (view: DataView, offset: number, little: boolean) => number;

const readers: Readonly<Record<string, Read>> = {
  f4: (view, offset, little) => view.getFloat32(offset, little),
  f8: (view, offset, little) => view.getFloat64(offset, little),
  i1: (view, offset) => view.getInt8(offset),
  i2: (view, offset, little) => view.getInt16(offset, little),
  i4: (view, offset, little) => view.getInt32(offset, little),
  i8: (view, offset, little) => Number(view.getBigInt64(offset, little)),
  u1: (view, offset) => view.getUint8(offset),
  u2: (view, offset, little) => view.getUint16(offset, little),
  u4: (view, offset, little) => view.getUint32(offset, little),
  u8: (view, offset, little) => Number(view.getBigUint64(offset, little)),
};

/** The header is a Python dictionary: {'descr': '<f4', 'fortran_order': False, 'shape': (100, 10), } */
function readHeader(bytes: Uint8Array): Header | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wide = (bytes[6] ?? 1) > 1;
  const textStart = wide ? 12 : 10;
  if (bytes.length < textStart) return undefined;
  const dataStart = textStart + (wide ? view.getUint32(8, true) : view.getUint16(8, true));
  if (dataStart > bytes.length) return undefined;
  const text = new TextDecoder('latin1').decode(bytes.subarray(textStart, dataStart));
  const type = /'descr':\s*'([^']+)'/.exec(text)?.[1] ?? /'descr':\s*(\[)/.exec(text)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const sizes = /'shape':\s*\(([\d,\s]*)\)/.exec(text)?.[1];
  if (type === undefined || order === undefined || sizes === undefined) return undefined;
  const shape = sizes
    .split(',')
    .map((size) => size.trim())
    .filter((size) => size !== '')
    .map(Number);
  return { type, fortran: order === 'True', shape, dataStart };
}
