import type { JsonValue } from './json.ts';

/**
 * One text for one value: object keys sorted by UTF-16 code unit, no white space, numbers and strings as `JSON.stringify`
 * writes them (the rules of RFC 8785). Keys of stages and digests of artifacts are hashes of this text, so it may never change.
 *
 * @throws TypeError for what JSON cannot hold (NaN, infinities, undefined), because two such values would look alike.
 */
export function canonicalJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map((item: JsonValue) => canonicalJson(item)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const object = value as Readonly<Record<string, JsonValue>>;
    const members = Object.keys(object)
      .sort()
      .map((name) => `${JSON.stringify(name)}:${canonicalJson(object[name] as JsonValue)}`);
    return `{${members.join(',')}}`;
  }
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`${value} has no JSON form`);
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new TypeError(`a value of type ${typeof value} has no JSON form`);
  return text;
}
