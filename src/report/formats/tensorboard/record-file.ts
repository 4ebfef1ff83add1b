import { crc32c } from './crc32c.ts';

/** A TFRecord file: each record with its length before it, and both with a checksum after them. Little-endian. */
export function recordFile(records: readonly Uint8Array[]): Uint8Array {
  const file = Buffer.alloc(records.reduce((sum, { length }) => sum + length + 16, 0));
  let at = 0;
  for (const record of records) {
    file.writeBigUInt64LE(BigInt(record.length), at);
    file.writeUInt32LE(masked(crc32c(file.subarray(at, at + 8))), at + 8);
    file.set(record, at + 12);
    file.writeUInt32LE(masked(crc32c(record)), at + 12 + record.length);
    at += 16 + record.length;
  }
  return file;
}

/** A checksum of data that holds checksums would say little, so TensorFlow turns and shifts them. */
function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
