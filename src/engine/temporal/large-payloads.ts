import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { PbfReader, PbfWriter } from 'pbf';

/**
 * Compresses what is large. Temporal takes no payload of more than 2 MB; the plan of 10,000 stages has more than one, and a twelfth of it
 * compressed. What is small stays as it is, to be read in Temporal's own page. The same bytes as Temporal's codec for Go writes
 * (`converter.NewZlibCodec`), so that a codec server made of that shows the large ones too.
 */
export const largePayloads: PayloadCodec = {
  encode: (payloads) => Promise.all(payloads.map(compressed)),
  decode: (payloads) => Promise.all(payloads.map(restored)),
};

const LARGE_BYTES = 4 * 1024;
const ENCODING = 'binary/zlib';

async function compressed(payload: Payload): Promise<Payload> {
  if ((payload.data?.length ?? 0) < LARGE_BYTES) return payload;
  const data = await promisify(deflate)(written(payload));
  return { metadata: { encoding: Buffer.from(ENCODING) }, data };
}

async function restored(payload: Payload): Promise<Payload> {
  const encoding = payload.metadata?.['encoding'];
  if (!encoding || !payload.data || Buffer.from(encoding).toString() !== ENCODING) return payload;
  return read(await promisify<Uint8Array, Buffer>(inflate)(payload.data));
}

/** As `temporal.api.common.v1.Payload`: a map of metadata, and the data. */
function written({ metadata, data }: Payload): Uint8Array {
  const pbf = new PbfWriter();
  for (const entry of Object.entries(metadata ?? {})) pbf.writeMessage(1, writeEntry, entry);
  if (data) pbf.writeBytesField(2, data);
  return pbf.finish();
}

function writeEntry([key, value]: readonly [string, Uint8Array], pbf: PbfWriter): void {
  pbf.writeStringField(1, key);
  pbf.writeBytesField(2, value);
}

function read(bytes: Uint8Array): Payload {
  const metadata: Record<string, Uint8Array> = {};
  const payload: Payload = { metadata };
  return new PbfReader(bytes).readFields((tag, _, pbf) => {
    if (tag === 1) {
      const { key, value } = pbf.readMessage(readEntry, { key: '', value: new Uint8Array() });
      metadata[key] = value;
    }
    if (tag === 2) payload.data = pbf.readBytes();
  }, payload);
}

function readEntry(tag: number, entry: { key: string; value: Uint8Array }, pbf: PbfReader): void {
  if (tag === 1) entry.key = pbf.readString();
  if (tag === 2) entry.value = pbf.readBytes();
}
