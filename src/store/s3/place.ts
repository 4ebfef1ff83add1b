import type { GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import { RemoteError, DamagedFile } from '../../core/remote-error.ts';
import type { LocalFile, RemoteContent, RemoteItem, RemotePlace, WriteOptions } from '../../core/remote-place.ts';
import type { S3Settings } from '../../core/remote-settings.ts';
import { checkedPieces } from '../remote/checked-file.ts';
import { s3Client } from './client.ts';
import { findSdk, type Sdk } from './sdk.ts';
import { remoteError, statusOf } from './words.ts';

interface Pages {
  /** Names a listing asks for at once; as many as the server gives, if absent. */
  readonly pageSize?: number;
}

/** Where things lie in a bucket. */
interface Bucket {
  readonly sdk: Sdk;
  readonly client: S3Client;
  /** For people. */
  readonly name: string;
  readonly bucket: string;
  /** Before every name: empty, or with a `/` at its end. */
  readonly prefix: string;
}

/**
 * A bucket of S3, or of a server that speaks as S3 does. Credentials come from where the client looks for them; nothing here sees them.
 * @throws RemoteError where the client is not installed
 */
export function s3Place(settings: S3Settings, projectFolder: string, { pageSize }: Pages = {}): RemotePlace {
  const load = findSdk(projectFolder);
  const { bucket, prefix = '' } = settings;
  const folder = prefix.replace(/^\/+|\/+$/g, '');
  const name = `s3://${bucket}${folder === '' ? '' : `/${folder}`}`;
  let opened: Bucket | undefined;
  const at = (): Bucket => (opened ??= open());
  function open(): Bucket {
    const sdk = load();
    return { sdk, client: s3Client(sdk, settings), name, bucket, prefix: folder === '' ? '' : `${folder}/` };
  }
  const within = <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => inWords(name, signal, work);
  return {
    name,
    look: (what, signal) => within(signal, () => look(at(), what, signal)),
    read: (what, options) => within(options.signal, () => read(at(), what, options)),
    write: (what, content, options) => within(options.signal, () => write(at(), what, { content, ...options })),
    async *list(beginning, signal) {
      const { sdk, client, prefix: before } = at();
      const pages = sdk.s3.paginateListObjectsV2(
        { client, ...(pageSize === undefined ? {} : { pageSize }) },
        { Bucket: bucket, Prefix: `${before}${beginning}` },
        { abortSignal: signal },
      );
      for (;;) {
        const page = await within(signal, () => pages.next());
        if (page.done === true) return;
        for (const { Key = '', Size, LastModified, ETag } of page.value.Contents ?? [])
          yield { name: Key.slice(before.length), ...itemOf({ bytes: Size, LastModified, ETag }) };
      }
    },
    remove: (what, signal) =>
      within(signal, async () => {
        const { sdk, client, prefix: before } = at();
        const command = new sdk.s3.DeleteObjectCommand({ Bucket: bucket, Key: `${before}${what}` });
        await client.send(command, { abortSignal: signal });
      }),
    removeUnfinished: (before, signal) => within(signal, () => removeUnfinished(at(), before, signal)),
    close: () => {
      opened?.client.destroy();
    },
  };
}

async function look(
  { sdk, client, bucket, prefix }: Bucket,
  name: string,
  signal: AbortSignal,
): Promise<RemoteItem | undefined> {
  try {
    const command = new sdk.s3.HeadObjectCommand({ Bucket: bucket, Key: `${prefix}${name}` });
    const { ContentLength, LastModified, ETag } = await client.send(command, { abortSignal: signal });
    return itemOf({ bytes: ContentLength, LastModified, ETag });
  } catch (error) {
    // Whether it is the bucket that is not there is not said to a look.
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

interface Reading {
  readonly signal: AbortSignal;
  readonly from?: number;
}

async function read(at: Bucket, name: string, { signal, from = 0 }: Reading): Promise<RemoteContent | undefined> {
  const { sdk, client, bucket, prefix } = at;
  try {
    const command = new sdk.s3.GetObjectCommand({
      Bucket: bucket,
      Key: `${prefix}${name}`,
      ...(from === 0 ? {} : { Range: `bytes=${from}-` }),
    });
    const answer = await client.send(command, { abortSignal: signal });
    return { item: itemOf({ ...answer, bytes: sizeIn(answer, from) }), pieces: pieces(at, answer, signal) };
  } catch (error) {
    if (error instanceof sdk.s3.NoSuchKey) return undefined;
    throw error;
  }
}

/** Of all of it. A server that ignores ranges would give the beginning once more. */
function sizeIn({ ContentLength, ContentRange }: GetObjectCommandOutput, from: number): number | undefined {
  if (from === 0) return ContentLength;
  const [, start, size] = /^bytes (\d+)-\d+\/(\d+)$/.exec(ContentRange ?? '') ?? [];
  if (Number(start) !== from) throw new RemoteError('the server of the remote ignores ranges');
  return Number(size);
}

/** Where nothing comes any more, the client's own time limit ends it. */
async function* pieces(
  at: Bucket,
  { Body }: GetObjectCommandOutput,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, undefined> {
  const body = Body as Readable;
  const abort = (): void => void body.destroy();
  signal.addEventListener('abort', abort);
  try {
    for await (const piece of body as AsyncIterable<Uint8Array>) yield piece;
    signal.throwIfAborted();
  } catch (error) {
    throw wordsFor(at.name, signal, error);
  } finally {
    signal.removeEventListener('abort', abort);
    body.destroy();
  }
}

type Writing = WriteOptions & { readonly content: string | LocalFile };

async function write(at: Bucket, name: string, writing: Writing): Promise<'written' | 'refused'> {
  const { content, signal, only } = writing;
  const { sdk, client, bucket, prefix } = at;
  if (typeof content !== 'string' && content.bytes > IN_ONE_PIECE) {
    await upload(at, name, { file: content, signal });
    return 'written';
  }
  const command = new sdk.s3.PutObjectCommand({
    Bucket: bucket,
    Key: `${prefix}${name}`,
    ...(typeof content === 'string'
      ? { Body: content, ContentType: 'application/json' }
      : // So the server too looks whether what arrived is what its name says.
        { Body: await allOf(content), ChecksumSHA256: Buffer.from(content.digest, 'hex').toString('base64') }),
    ...(only === undefined ? {} : only === 'absent' ? { IfNoneMatch: '*' } : { IfMatch: only.tag }),
  });
  try {
    await client.send(command, { abortSignal: signal });
    return 'written';
  } catch (error) {
    // 412: it does not hold; 409: two wrote at once, and this one lost; 404: what was to be replaced is gone.
    if (only !== undefined && REFUSALS.has(statusOf(error) ?? 0) && !isBucketGone(error)) return 'refused';
    throw error;
  }
}

/** Bytes. Anything larger goes in parts, several at once, of which a failed one alone is sent again. */
const IN_ONE_PIECE = 8 * 1024 * 1024;

const REFUSALS: ReadonlySet<number> = new Set([404, 409, 412]);

function isBucketGone(error: unknown): boolean {
  return (error as { readonly name?: unknown }).name === 'NoSuchBucket';
}

interface Sending {
  readonly file: LocalFile;
  readonly signal: AbortSignal;
}

/** Its content is written anew in any case: whoever else writes it writes the same. */
async function upload({ sdk, client, bucket, prefix }: Bucket, name: string, { file, signal }: Sending): Promise<void> {
  const sending = new sdk.storage.Upload({
    client,
    params: { Bucket: bucket, Key: `${prefix}${name}`, Body: Readable.from(checkedPieces(file)) },
    partSize: Math.max(IN_ONE_PIECE, Math.ceil(file.bytes / MOST_PARTS)),
    queueSize: PARTS_AT_ONCE,
  });
  const abort = (): void => void sending.abort();
  signal.addEventListener('abort', abort);
  try {
    signal.throwIfAborted();
    await sending.done();
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** S3 has 10,000. */
const MOST_PARTS = 9000;
const PARTS_AT_ONCE = 4;

async function allOf(file: LocalFile): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of checkedPieces(file)) all.push(piece);
  return Buffer.concat(all);
}

async function removeUnfinished(
  { sdk, client, bucket, prefix }: Bucket,
  before: number,
  signal: AbortSignal,
): Promise<number> {
  let count = 0;
  let from: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {};
  for (;;) {
    const list = new sdk.s3.ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix, ...from });
    const {
      Uploads = [],
      IsTruncated,
      NextKeyMarker,
      NextUploadIdMarker,
    } = await client.send(list, { abortSignal: signal });
    for (const { Key, UploadId, Initiated } of Uploads) {
      if (Initiated === undefined || Initiated.getTime() >= before) continue;
      const abort = new sdk.s3.AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId });
      await client.send(abort, { abortSignal: signal });
      count++;
    }
    if (IsTruncated !== true) return count;
    from = { KeyMarker: NextKeyMarker, UploadIdMarker: NextUploadIdMarker };
  }
}

interface Answered {
  readonly bytes: number | undefined;
  readonly LastModified?: Date | undefined;
  readonly ETag?: string | undefined;
}

function itemOf({ bytes = 0, LastModified, ETag = '' }: Answered): RemoteItem {
  return { bytes, writtenAt: LastModified?.getTime() ?? 0, tag: ETag };
}

async function inWords<T>(place: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    signal.throwIfAborted();
    return await work();
  } catch (error) {
    throw wordsFor(place, signal, error);
  }
}

function wordsFor(place: string, signal: AbortSignal, error: unknown): unknown {
  if (signal.aborted) return signal.reason;
  return error instanceof RemoteError || error instanceof DamagedFile ? error : remoteError(place, error);
}
