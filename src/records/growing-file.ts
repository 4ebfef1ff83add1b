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
  const next = lineReader(file);
  return () => {
    const all: string[] = [];
    for (let { lines } = next(); lines.length > 0; { lines } = next()) all.push(...lines);
    return all;
  };
}

export interface LinesRead {
  /** Whole ones. None where no more have come yet, or the file cannot be read. */
  readonly lines: readonly string[];
  /** The byte after them. */
  readonly end: number;
}

/** Reads a file's lines from a byte on, a piece of it each time that it is asked: it may be long, and who takes the lines may be slow. */
export function lineReader(file: string, from = 0): () => LinesRead {
  let position = from;
  let rest = Buffer.alloc(0);
  return () => {
    for (;;) {
      const read = readPiece(file, position);
      position += read.length;
      const bytes = Buffer.concat([rest, read]);
      const end = bytes.lastIndexOf('\n') + 1;
      rest = bytes.subarray(end);
      if (end > 0) {
        const lines = bytes.toString('utf8', 0, end - 1).split('\n');
        return { lines, end: position - rest.length };
      }
      if (read.length === 0) return { lines: [], end: position - rest.length };
      // No run writes such a line: what comes of its end is no event.
      if (rest.length > LONGEST_LINE) rest = Buffer.alloc(0);
    }
  };
}

function readPiece(file: string, position: number): Buffer {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    const piece = Buffer.allocUnsafe(PIECE);
    return piece.subarray(0, readSync(descriptor, piece, 0, PIECE, position));
  } catch (error) {
    if (!isErrno(error)) throw error;
    return Buffer.alloc(0);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

const PIECE = 1 << 18;
const LONGEST_LINE = 1 << 24;
