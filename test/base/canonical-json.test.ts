import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from '../../src/base/canonical-json.ts';
import type { JsonValue } from '../../src/base/json.ts';

describe('canonicalJson', () => {
  it.each([
    // From RFC 8785, 3.2.2 and 3.2.3.
    [
      { numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 1e-27] },
      '{"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27]}',
    ],
    [{ string: '€$\u000F\nA\'B"\\\\"/' }, '{"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'],
    [
      { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 },
      '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}',
    ],
    [{ b: 1, a: { d: null, c: [true, false] } }, '{"a":{"c":[true,false],"d":null},"b":1}'],
    [-0, '0'],
    ['', '""'],
    [[], '[]'],
    [{}, '{}'],
  ])('writes %j in one way', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it('keeps every value, whatever the order of its keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (drawn) => {
        const value = JSON.parse(JSON.stringify(drawn)) as JsonValue;
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(value);
        expect(canonicalJson(reversed(value))).toBe(text);
      }),
    );
  });

  it('gives different texts to different values', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const [first, second] = [a, b].map((drawn) => JSON.parse(JSON.stringify(drawn)) as JsonValue);
        const sameText = canonicalJson(first as JsonValue) === canonicalJson(second as JsonValue);
        expect(sameText).toBe(isEqual(first as JsonValue, second as JsonValue));
      }),
    );
  });

  it.each([[Number.NaN], [Number.POSITIVE_INFINITY], [undefined], [[undefined]], [{ a: undefined }], [() => 1]])(
    'refuses %p, which JSON cannot hold',
    (value) => {
      expect(() => canonicalJson(value as unknown as JsonValue)).toThrow(TypeError);
    },
  );
});

function reversed(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([name, item]) => [name, reversed(item)]));
}

function isEqual(a: JsonValue, b: JsonValue): boolean {
  try {
    expect(a).toEqual(b);
    return true;
  } catch {
    return false;
  }
}
