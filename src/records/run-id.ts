import { randomInt } from 'node:crypto';
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

/** In the order in which they sort; without characters that are taken for one another: 0 o, 1 i l. */
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';
