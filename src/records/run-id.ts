import { randomInt } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isErrno } from '../base/errno.ts';
import type { Clock } from '../core/event.ts';
import type { RunId } from '../core/ids.ts';

/**
 * `20261124-142233-k3f9a`: the time in UTC, so that ids sort by it. The last part begins with the millisecond of the second, as two
 * characters, since what is the latest run must be right for runs of one second too; three are for runs of one instant.
 */
export function newRunId(clock: Clock): RunId {
  const now = new Date(clock());
  const [date = '', time = ''] = now.toISOString().split(/[T.]/);
  const fraction = Math.floor((now.getUTCMilliseconds() / 1000) * ALPHABET.length ** 2);
  const parts = [Math.floor(fraction / ALPHABET.length), fraction % ALPHABET.length];
  const random = Array.from({ length: 3 }, () => randomInt(ALPHABET.length));
  const suffix = [...parts, ...random].map((digit) => ALPHABET[digit]).join('');
  return `${date.replaceAll('-', '')}-${time.replaceAll(':', '')}-${suffix}` as RunId;
}

/**
 * The id of a run that begins now, which sorts after those that began before, also where the clock was set back since; by more than a
 * day, it was wrong before.
 * @param store its folder
 */
export function nextRunId(store: string, clock: Clock): RunId {
  const latest = secondOfLatest(store);
  const behind = latest === undefined ? 0 : latest - clock();
  return newRunId(latest !== undefined && behind > 0 && behind < A_DAY_MS ? () => latest + 1000 : clock);
}

/** For the next one; where it cannot be written, the clock alone counts. */
export function noteLatest(store: string, run: RunId): void {
  try {
    writeFileSync(join(store, LATEST), run);
  } catch (error) {
    if (!isErrno(error)) throw error;
  }
}

const LATEST = 'latest-run';
const A_DAY_MS = 24 * 60 * 60 * 1000;

function secondOfLatest(store: string): number | undefined {
  try {
    const id = readFileSync(join(store, LATEST), 'utf8');
    const [, date, time] = /^(\d{8})-(\d{6})-/.exec(id) ?? [];
    const iso = `${date ?? ''}T${time ?? ''}Z`.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)/, '$1-$2-$3T$4:$5:');
    const second = Date.parse(iso);
    return Number.isNaN(second) ? undefined : second;
  } catch {
    return undefined;
  }
}

/** In the order in which they sort; without characters that are taken for one another: 0 o, 1 i l. */
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';
