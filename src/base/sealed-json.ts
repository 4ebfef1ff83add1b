import { sha256 } from './hash.ts';
import type { JsonValue } from './json.ts';

/**
 * JSON that knows whether it is whole: `{"checksum":"<SHA-256 of the value's text>","value":…}`. A flipped bit can leave valid
 * JSON with another number in it, and a number from a cache is believed.
 */
export function sealJson(value: JsonValue): string {
  const text = JSON.stringify(value);
  return `${HEAD}${sha256(text)}${MIDDLE}${text}${TAIL}`;
}

/** The value; undefined where the text is not exactly what `sealJson` wrote. */
export function unsealJson(text: string): JsonValue | undefined {
  const checksumEnd = HEAD.length + 64;
  const valueStart = checksumEnd + MIDDLE.length;
  if (!text.startsWith(HEAD) || !text.startsWith(MIDDLE, checksumEnd) || !text.endsWith(TAIL)) return undefined;
  const value = text.slice(valueStart, -TAIL.length);
  if (sha256(value) !== text.slice(HEAD.length, checksumEnd)) return undefined;
  return JSON.parse(value) as JsonValue;
}

const HEAD = '{"checksum":"';
const MIDDLE = '","value":';
const TAIL = '}\n';
