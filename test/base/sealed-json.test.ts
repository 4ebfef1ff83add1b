import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JsonValue } from '../../src/base/json.ts';
import { sealJson, unsealJson } from '../../src/base/sealed-json.ts';

describe('sealed JSON', () => {
  it('comes back as it was, and is plain JSON to others', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (drawn) => {
        const value = JSON.parse(JSON.stringify(drawn)) as JsonValue;
        expect(unsealJson(sealJson(value))).toEqual(value);
        expect((JSON.parse(sealJson(value)) as { value: JsonValue }).value).toEqual(value);
      }),
    );
  });

  it('notices every single flipped bit', () => {
    const bytes = Buffer.from(sealJson({ accuracy: 0.9512 }));
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = Buffer.from(bytes);
      damaged.writeUInt8(damaged.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(unsealJson(damaged.toString())).toBeUndefined();
    }
  });

  it('notices every missing end', () => {
    const text = sealJson([1, 2, 3]);
    for (let length = 0; length < text.length; length++) expect(unsealJson(text.slice(0, length))).toBeUndefined();
  });
});
