import { expect, test } from '@jest/globals';
import { parseIdx } from '../../../src/stages/load-data/idx-format.ts';
import { idxBytes } from '../tiny-data.ts';

const six = Uint8Array.of(1, 2, 3, 4, 5, 6);

test('reads the shape and the bytes', () => {
  expect(parseIdx(idxBytes([3, 1, 2], six))).toEqual({
    ok: true,
    value: { shape: [3, 1, 2], data: Buffer.from(six) },
  });
  expect(parseIdx(idxBytes([0], new Uint8Array()))).toMatchObject({ ok: true, value: { shape: [0] } });
});

test.each<[string, Uint8Array, RegExp]>([
  ['nothing', new Uint8Array(), /0 bytes, too few/],
  ['another format', Buffer.from('<!DOCTYPE html>'), /no IDX file: it begins with 0x3c21444f/],
  ['no dimension', Uint8Array.of(0, 0, 8, 0), /no IDX file/],
  ['too many dimensions', idxBytes([1, 1, 1, 1, 1], Uint8Array.of(1)), /no IDX file/],
  ['floats', idxBytes([1], new Uint8Array(4), 0x0d), /IDX type 0x0d, and only bytes/],
  ['a cut header', idxBytes([3, 1, 2], six).subarray(0, 10), /cut short within its header/],
  [
    'cut numbers',
    idxBytes([3, 1, 2], six.subarray(0, 5)),
    /cut short: its header, 3 × 1 × 2, asks for 22 bytes.*has 21/,
  ],
  ['numbers too many', idxBytes([2, 1, 2], six), /too long: its header, 2 × 1 × 2, asks for 20 bytes.*has 22/],
  ['a size beyond all memory', idxBytes([0xffffffff, 0xffffffff, 0xffffffff], six), /cut short/],
])('refuses %s', (_, bytes, message) => {
  const parsed = parseIdx(bytes);
  expect(parsed.ok ? '' : parsed.error).toMatch(message);
});
