import { expect, test } from '@jest/globals';
import { parseByteSize } from '../../src/base/byte-size.ts';
import { parseDuration } from '../../src/base/duration.ts';

test.each([
  ['20GiB', 20 * 2 ** 30],
  ['1.5 gib', 1.5 * 2 ** 30],
  ['10G', 10 * 2 ** 30],
  ['10GB', 10e9],
  ['512K', 512 * 1024],
  ['3kB', 3000],
  ['0', 0],
  ['7 B', 7],
  ['2TiB', 2 * 2 ** 40],
  ['', undefined],
  ['GiB', undefined],
  ['-1', undefined],
  ['1e9', undefined],
  ['10 potatoes', undefined],
  ['9999999999PiB', undefined],
])('%j is a size of %s bytes', (text, bytes) => {
  expect(parseByteSize(text)).toBe(bytes);
});

test.each([
  ['90', 90],
  ['30s', 30],
  ['1.5m', 90],
  ['2 h', 7200],
  ['1d', 86_400],
  ['0', 0],
  ['1w', undefined],
  ['', undefined],
  ['-1h', undefined],
])('%j is a time of %s seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});
