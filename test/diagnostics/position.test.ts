import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatPlace, isFlag, lineColumn, lineText } from '../../src/diagnostics/position.ts';

test('line and column are those that splitting the text gives', () => {
  const texts = fc.array(fc.constantFrom('a', '\n', '\r\n', '😀', '\t')).map((parts) => parts.join(''));
  fc.assert(
    fc.property(texts, fc.nat(), (text, at) => {
      const source = { name: 'p.yaml', text };
      const offset = at % (text.length + 1);
      const lines = text.slice(0, offset).split('\n');
      const { line, column } = lineColumn(source, offset);
      expect(line).toBe(lines.length);
      expect(column).toBe((lines.at(-1) ?? '').length + 1);
      expect(lineText(source, line)).toBe((text.split('\n')[line - 1] ?? '').replace(/\r$/, ''));
    }),
  );
});

test('a place in a file is file:line:column, one in a flag is the flag', () => {
  const flag = { name: '--set a=1', text: '--set a=1' };
  expect(formatPlace({ source: { name: 'p.yaml', text: 'a\nbc' }, start: 3, end: 4 })).toBe('p.yaml:2:2');
  expect(isFlag(flag)).toBe(true);
  expect(formatPlace({ source: flag, start: 8, end: 9 })).toBe('--set a=1');
});
