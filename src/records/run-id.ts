import { randomInt } from 'node:crypto';
import type { Clock } from '../core/event.ts';
import type { RunId } from '../core/ids.ts';

/** `20261124-142233-k3f9`: the time in UTC, so that ids sort by it, and four characters for runs of the same second. */
export function newRunId(clock: Clock): RunId {
  const [date = '', time = ''] = new Date(clock()).toISOString().split(/[T.]/);
  const suffix = Array.from({ length: 4 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return `${date.replaceAll('-', '')}-${time.replaceAll(':', '')}-${suffix}` as RunId;
}

/** Without characters that are taken for one another: 0 o, 1 i l. */
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';
