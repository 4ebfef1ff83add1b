import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** A SHA-256 in lower-case hexadecimal, 64 characters. */
export type Digest = string & { readonly __brand: 'Digest' };

export function sha256(data: string | Uint8Array): Digest {
  return createHash('sha256').update(data).digest('hex') as Digest;
}

/** Reads the file once, in pieces, so that its size does not matter. */
export async function sha256OfFile(path: string): Promise<Digest> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex') as Digest;
}
