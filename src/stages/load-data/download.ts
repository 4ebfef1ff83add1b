/**
 * One file over HTTPS, in as many pieces as it takes. What has come is kept in `<to>.<address>.part`, so that a cut, a kill or Ctrl-C
 * costs nothing: the next attempt asks for the rest. The caller checks the content.
 */
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { sha256 } from '../../base/hash.ts';

export interface DownloadRequest {
  readonly url: string;
  /** Where the whole file is renamed to. */
  readonly to: string;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: DownloadProgress) => void;
  /** Milliseconds without a byte after which an attempt is given up; 30 seconds where not given. */
  readonly stall?: number;
}

export interface DownloadProgress {
  readonly done: number;
  /** Where the server tells. */
  readonly total?: number;
  readonly bytesPerSecond: number;
}

/** Why a file did not come, in a few words: `404 Not Found`, `ENOTFOUND`. */
export class DownloadFailure extends Error {
  override readonly name = 'DownloadFailure';
}

/** Attempts in a row that may bring nothing. */
const PATIENCE = 3;
const STALL = 30_000;

/**
 * @returns whether it went on from what an earlier process had left
 * @throws DownloadFailure, signal.reason
 */
export async function download(request: DownloadRequest): Promise<{ readonly resumed: boolean }> {
  const part = partOf(request);
  await mkdir(dirname(part), { recursive: true });
  const found = await sizeOf(part);
  for (let idle = 0; ;) {
    const before = await sizeOf(part);
    try {
      await attempt(request, part, before);
      await rename(part, request.to);
      return { resumed: found > 0 };
    } catch (error) {
      request.signal.throwIfAborted();
      if (error instanceof DownloadFailure) throw error;
      idle = (await sizeOf(part)) > before ? 0 : idle + 1;
      if (idle >= PATIENCE || neverConnected(error)) throw new DownloadFailure(inWords(error), { cause: error });
      await delay(200 * 2 ** idle, undefined, { signal: request.signal });
    }
  }
}

/** Forgets what has come, where it turned out to be wrong. */
export async function discard(request: Pick<DownloadRequest, 'url' | 'to'>): Promise<void> {
  await rm(partOf(request), { force: true });
  await rm(request.to, { force: true });
}

/** Each mirror compresses in its own way: parts of two of them do not make one file. */
function partOf({ url, to }: Pick<DownloadRequest, 'url' | 'to'>): string {
  return `${to}.${sha256(url).slice(0, 8)}.part`;
}

async function attempt(request: DownloadRequest, part: string, size: number): Promise<void> {
  const stalled = new AbortController();
  const timer = setTimeout(() => {
    stalled.abort(new Error(`nothing came for ${(request.stall ?? STALL) / 1000} seconds`));
  }, request.stall ?? STALL);
  const file = await open(part, 'a+').then(async (made) => {
    await made.close();
    return open(part, 'r+');
  });
  try {
    const response = await fetch(request.url, {
      headers: { 'accept-encoding': 'identity', ...(size > 0 ? { range: `bytes=${size}-` } : {}) },
      signal: AbortSignal.any([request.signal, stalled.signal]),
    });
    const range = await rangeOf(response, size);
    if (range === 'whole') return;
    await file.truncate(range.start);
    await receive({ request, response, file, ...range, alive: () => timer.refresh() });
    await file.sync();
  } finally {
    clearTimeout(timer);
    await file.close();
  }
}

interface Range {
  /** Of the first byte that the response brings. */
  readonly start: number;
  /** Of the whole file, where the server tells. */
  readonly total: number | undefined;
}

/** A server may send the rest, or everything once more, or say that there is no rest. */
async function rangeOf(response: Response, size: number): Promise<Range | 'whole'> {
  const { status, statusText, headers } = response;
  const [, from, total] = /^bytes (?:(\d+)-\d+|\*)\/(\d+)$/.exec(headers.get('content-range') ?? '') ?? [];
  if (status === 206 && Number(from) === size) return { start: size, total: asNumber(total) };
  if (status === 200) return { start: 0, total: asNumber(headers.get('content-length') ?? undefined) };
  await response.body?.cancel();
  if (status === 416 && Number(total) === size) return 'whole';
  if (status >= 500 || status === 429) throw new Error(`${status} ${statusText}`.trim());
  throw new DownloadFailure(`${status} ${statusText}`.trim());
}

interface Receiving extends Range {
  readonly request: DownloadRequest;
  readonly response: Response;
  readonly file: FileHandle;
  readonly alive: () => void;
}

async function receive({ request, response, file, start, total, alive }: Receiving): Promise<void> {
  const began = performance.now();
  let position = start;
  let told = 0;
  // By position, not appended: two runs that load the same file write the same bytes to the same places.
  const body: AsyncIterable<Uint8Array> | null = response.body;
  if (body === null) throw new Error('the answer is empty');
  for await (const chunk of body) {
    alive();
    await file.write(chunk, 0, chunk.length, position);
    position += chunk.length;
    const now = performance.now();
    if (now - told < 200 && position !== total) continue;
    told = now;
    const bytesPerSecond = (position - start) / Math.max(1e-3, (now - began) / 1000);
    request.onProgress({ done: position, ...(total === undefined ? {} : { total }), bytesPerSecond });
  }
  if (total !== undefined && position < total) throw new Error(`the connection was cut after ${position} bytes`);
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

function asNumber(text: string | undefined): number | undefined {
  return text === undefined || text === '' ? undefined : Number(text);
}

/** `fetch failed` says nothing: the reason lies beneath. */
function inWords(error: unknown): string {
  const { code, message } = deepest(error);
  return code ?? message;
}

const CONNECTION_CODES = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ENETUNREACH', 'EHOSTUNREACH']);

function neverConnected(error: unknown): boolean {
  return CONNECTION_CODES.has(deepest(error).code ?? '');
}

function deepest(error: unknown): { readonly code?: string; readonly message: string } {
  if (typeof error !== 'object' || error === null) return { message: String(error) };
  if ('cause' in error && error.cause !== undefined) return deepest(error.cause);
  return error as Error;
}
