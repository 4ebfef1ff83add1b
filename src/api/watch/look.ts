import { closeSync, constants, fstatSync, openSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { sha256 } from '../../base/hash.ts';
import { keyOfPackage } from '../../config/project-search.ts';
import { LARGEST_TEXT } from '../../config/read-text.ts';
import { type FileStamp, isSettled, sameStamp, stampOf } from '../../fingerprint/file-sight.ts';
import type { PipelineSource } from '../pipeline-sources.ts';

/** How a source was when it was looked at. */
export interface Look {
  /** Absent where there was nothing, or nothing to be looked at. */
  readonly stamp: FileStamp | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What of its content counts. Absent where there was nothing; for data, which is too much to read at each look; and where it is not known. */
  readonly content?: string;
  /** It may have changed between being read by the run and this look. */
  readonly unsure?: true;
}

export function lookAt({ path, counts }: PipelineSource): Look {
  const at = Date.now();
  const stamp = stampAt(path);
  if (stamp === undefined || counts === 'data') return { stamp, at };
  try {
    return { stamp, at, content: contentOf(path, counts) };
  } catch {
    return { stamp, at };
  }
}

/** @param since when the run began to read its sources: what has changed since need not be what it read */
export function firstLook(source: PipelineSource, since: number): Look {
  const look = lookAt(source);
  // The run itself changes folders: the store may be made in one.
  if (look.stamp === undefined || source.counts === 'code names' || source.counts === 'names') return look;
  return isSettled({ stamp: look.stamp, readAt: since }) ? look : { ...look, unsure: true };
}

/** Whether it may have changed since: the same stamp says no, unless it was looked at in the instant of a change. */
export function mayDiffer(path: string, { stamp: before, at, unsure }: Look): boolean {
  if (!sameStamps(before, stampAt(path))) return true;
  return unsure === true || (before !== undefined && wasChanging(before, at));
}

/** A change in the tick of the look leaves the same stamp. A disk whose clock goes ahead of ours says nothing of that. */
function wasChanging(stamp: FileStamp, at: number): boolean {
  return !isSettled({ stamp, readAt: at }) && Number(BigInt(stamp.ctimeNs) / 1_000_000n) <= at + TICK_MS;
}

const TICK_MS = 20;

export function sameStamps(a: FileStamp | undefined, b: FileStamp | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameStamp(a, b);
}

export function stampAt(path: string): FileStamp | undefined {
  try {
    const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
    return stats === undefined ? undefined : stampOf(stats);
  } catch {
    return undefined;
  }
}

function contentOf(path: string, counts: Exclude<PipelineSource['counts'], 'data'>): string {
  switch (counts) {
    case 'text':
      return digestAt(path);
    case 'settings':
      return JSON.stringify([keyOfPackage(readFileSync(path, 'utf8'))]);
    case 'presence':
      return '';
    case 'names':
      return readdirSync(path).sort().join('/');
    case 'code names':
      return readdirSync(path)
        .filter((name) => /\.[cm]?[jt]sx?$/.test(name))
        .sort()
        .join('/');
  }
}

/** What is no ordinary file, or too large for a definition, is never read by a run either. */
function digestAt(path: string): string {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(file);
    return stats.isFile() && stats.size <= LARGEST_TEXT ? sha256(readFileSync(file)) : '';
  } finally {
    closeSync(file);
  }
}
