/** A file of lines that another process writes on. */
import { closeSync, openSync, readSync, watch } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isErrno } from '../base/errno.ts';

/** A run writes at the latest after a second; a change is a hint only, as some file systems tell of none. */
const PAUSE_MS = 500;
/** Not for each of many small changes. */
const SHORTEST_MS = 100;

/** Until there may be something new. */
export async function changeOrPause(file: string, signal: AbortSignal): Promise<void> {
  const changed = new AbortController();
  const notice = (): void => {
    changed.abort();
  };
  const watcher = tryToWatch(file, notice);
  await pause(SHORTEST_MS, signal);
  await pause(PAUSE_MS - SHORTEST_MS, AbortSignal.any([signal, changed.signal]));
  watcher?.close();
}

function tryToWatch(file: string, changed: () => void): { close(): void } | undefined {
  try {
    return watch(file, changed).on('error', changed);
  } catch {
    return undefined;
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal, ref: false }).catch(() => undefined);
}

/** The whole lines that have come since it was last asked; none where the file cannot be read. */
export function newLines(file: string): () => readonly string[] {
  let position = 0;
  let rest = Buffer.alloc(0);
  return () => {
    const read = readFrom(file, position);
    position += read.length;
    const bytes = Buffer.concat([rest, read]);
    const end = bytes.lastIndexOf('\n') + 1;
    rest = bytes.subarray(end);
    return bytes.subarray(0, end).toString('utf8').split('\n');
  };
}

function readFrom(file: string, position: number): Buffer {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    const pieces: Buffer[] = [];
    for (let at = position; ;) {
      const piece = Buffer.allocUnsafe(PIECE);
      const count = readSync(descriptor, piece, 0, PIECE, at);
      if (count === 0) return Buffer.concat(pieces);
      pieces.push(piece.subarray(0, count));
      at += count;
    }
  } catch (error) {
    if (!isErrno(error)) throw error;
    return Buffer.alloc(0);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

const PIECE = 1 << 18;
