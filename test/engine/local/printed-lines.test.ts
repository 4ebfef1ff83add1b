import { describe, expect, it } from '@jest/globals';
import { PrintedLines } from '../../../src/engine/local/printed-lines.ts';

const MARK = '\0the-mark\0';

function print(chunks: readonly Buffer[], limits = { bytesPerSecond: 1 << 20, bytes: 1 << 20 }) {
  const texts: string[] = [];
  let marks = 0;
  const lines = new PrintedLines({ text: (text) => texts.push(text), marked: () => marks++ }, MARK, limits);
  for (const chunk of chunks) lines.push(chunk);
  return { texts, marks: () => marks, end: () => texts.join('') };
}

describe('printed lines', () => {
  it('are handed on whole, however they come', () => {
    const bytes = Buffer.from(`één\ntwee${MARK}`);
    const printed = print(Array.from(bytes, (_, index) => bytes.subarray(index, index + 1)));
    expect(printed.texts).toEqual(['één\n', 'twee']);
    expect(printed.marks()).toBe(1);
  });

  it('are cut where they have no end, but the mark is still found', () => {
    const long = 'x'.repeat(200_000);
    const bytes = Buffer.from(long + MARK);
    const printed = print([bytes.subarray(0, 100_000), bytes.subarray(100_000, 200_003), bytes.subarray(200_003)]);
    expect(printed.end()).toBe(long);
    expect(printed.texts.length).toBeGreaterThan(1);
    expect(printed.marks()).toBe(1);
  });

  it('are left out beyond the limit, which is told', () => {
    const chunks = [Buffer.from('first\n'), Buffer.from(`${'x'.repeat(5000)}\n`), Buffer.from(`last\n${MARK}`)];
    const printed = print(chunks, { bytesPerSecond: 100, bytes: 100 });
    expect(printed.end()).toBe('first\n… 5,001 bytes left out …\nlast\n');
  });
});
