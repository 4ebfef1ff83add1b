import { InvalidArgumentError } from 'commander';
import { parseByteSize } from '../base/byte-size.ts';
import { parseDuration } from '../base/duration.ts';

/** For an option that takes 1, 2, 3, … */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError('Give a whole number from 1.');
  }
  return value;
}

/** For an option that takes `5` or `5%`. */
export function percentage(text: string): number {
  const percent = Number(text.replace(/%$/, ''));
  if (!/^\d+(\.\d+)?%?$/.test(text) || percent <= 0 || percent > 100) {
    throw new InvalidArgumentError('Give a share above 0 and up to 100, as in 5%. A file goes before the option.');
  }
  return percent;
}

/** For an option that takes `10GiB`. */
export function byteSize(text: string): number {
  const bytes = parseByteSize(text);
  if (bytes === undefined) throw new InvalidArgumentError('Give a size, as in 10GiB or 500MB.');
  return bytes;
}

/** For an option that takes `30m`. @returns seconds */
export function duration(text: string): number {
  const seconds = parseDuration(text);
  if (seconds === undefined) throw new InvalidArgumentError('Give a time, as in 30m, 2h or 1d.');
  return seconds;
}

/** For an option that takes a TCP port, 0 for any. */
export function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError('Give a port from 0 to 65535.');
  return port;
}

/** For an option that takes `2h`, so long ago, or `2026-11-24`, that day in UTC. @returns milliseconds since 1970 */
export function pastTime(text: string): number {
  const ago = /[smhd]\s*$/.test(text) ? parseDuration(text) : undefined;
  if (ago !== undefined) return Date.now() - ago * 1000;
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(time))
    throw new InvalidArgumentError('Give a time ago, as in 2h or 3d, or a date, as in 2026-11-24.');
  return time;
}
