import { closeSync, openSync, readSync, watch } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isErrno } from '../base/errno.ts';
import { isJsonObject } from '../base/json.ts';
import type { PipelineEvent } from '../core/event.ts';
import type { RunId, StageId, StageKey } from '../core/ids.ts';
import type { StageProgress } from '../core/stage-runner.ts';
import { runFolder } from './run-folder.ts';

export interface FollowedStage {
  /** `<store>/runs` */
  readonly folder: string;
  /** Whose events are read. */
  readonly run: RunId;
  readonly key: StageKey;
}

export interface FollowHooks {
  /** Ends it. */
  readonly signal: AbortSignal;
  /** The latest there is, each time that there is something new. */
  readonly progress: (event: StageProgress) => void;
}

/**
 * Tells how a stage of another run gets on, by what that run writes down. Whatever is wrong there (no record, a damaged one, another
 * version's) only means that nothing is told.
 */
export async function followStage(
  { folder, run, key }: FollowedStage,
  { signal, progress }: FollowHooks,
): Promise<void> {
  // It comes from a file of the store, and becomes part of a path.
  if (!/^[\w-]+$/.test(run)) return;
  const { events } = runFolder(folder, run);
  const lines = newLines(events);
  let stage: StageId | undefined;
  while (!signal.aborted) {
    // Of what came since the last look: the last epoch, and how far the next one is.
    let [ended, under]: (StageProgress | undefined)[] = [];
    for (const line of lines()) {
      const event = eventIn(line);
      if (event?.type === 'stage-started' && event.key === key) stage = event.stage;
      if ((event?.type !== 'epoch-ended' && event?.type !== 'stage-progress') || event.stage !== stage) continue;
      const { time: _time, stage: _stage, ...told } = event;
      if (told.type === 'epoch-ended') ended = told;
      under = told.type === 'epoch-ended' ? undefined : told;
    }
    for (const told of [ended, under]) if (told !== undefined) progress(told);
    await changeOrPause(events, signal);
  }
}

/** A run writes at the latest after a second; a change is a hint only, as some file systems tell of none. */
const PAUSE_MS = 500;
/** Not for each of many small changes. */
const SHORTEST_MS = 100;

async function changeOrPause(file: string, signal: AbortSignal): Promise<void> {
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
function newLines(file: string): () => readonly string[] {
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

/** Looked at as far as it is used: another process wrote it. */
function eventIn(line: string): PipelineEvent | undefined {
  try {
    const event: unknown = JSON.parse(line);
    if (!isJsonObject(event)) return undefined;
    const { type, stage } = event;
    if (typeof type !== 'string' || typeof stage !== 'string') return undefined;
    const isWhole = NUMBERS[type]?.every((name) => typeof event[name] === 'number') === true;
    return isWhole ? (event as unknown as PipelineEvent) : undefined;
  } catch {
    return undefined;
  }
}

/** By type of event, what has to be a number in it. */
const NUMBERS: Readonly<Record<string, readonly string[]>> = {
  'stage-started': [],
  'epoch-ended': ['epoch', 'epochs', 'samplesPerSecond', 'seconds', 'secondsLeft'],
  'stage-progress': ['done', 'total'],
};
