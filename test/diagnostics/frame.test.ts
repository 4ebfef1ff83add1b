import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { renderProblem } from '../../src/diagnostics/frame.ts';
import type { Problem } from '../../src/diagnostics/problem.ts';
import type { Source, SourceRange } from '../../src/diagnostics/source.ts';

function range(text: string, piece: string, name = 'p.yaml'): SourceRange {
  const source: Source = { name, text };
  const start = text.indexOf(piece);
  return { source, start, end: start + piece.length };
}

function render(problem: Omit<Problem, 'code'>): string {
  return renderProblem({ code: 'wrong-value', ...problem }, { color: false });
}

/** The line that is underlined, and what stands below it. */
function underlined(text: string, piece: string): readonly string[] {
  return render({ message: 'm', where: range(text, piece) })
    .split('\n')
    .slice(-2);
}

describe('a problem', () => {
  test('without a place is one line', () => {
    expect(render({ message: 'no such file' })).toBe('error[wrong-value]: no such file');
  });

  test('shows message, place, line, underline, hint and related places', () => {
    const text = `${'\n'.repeat(8)}first: 1\nsecond: two\n`;
    const problem = {
      message: 'found "two"',
      hint: 'write 2\nor 3',
      where: range(text, 'two'),
      related: [{ message: 'the other', where: range(text, 'first') }],
    };
    expect(render(problem)).toBe(
      [
        'error[wrong-value]: found "two"',
        '   --> p.yaml:10:9',
        '    |',
        ' 10 | second: two',
        '    |         ^^^',
        '    = write 2',
        '      or 3',
        'note: the other',
        '   --> p.yaml:9:1',
        '    |',
        '  9 | first: 1',
        '    | -----',
      ].join('\n'),
    );
  });

  test('in a flag names the command line', () => {
    const flag = '--set epochs=five';
    expect(render({ message: 'm', where: range(flag, 'five', flag) })).toBe(
      [
        'error[wrong-value]: m',
        '  --> the command line',
        '   |',
        '   | --set epochs=five',
        '   |              ^^^^',
      ].join('\n'),
    );
  });

  test('in colour says the same', () => {
    const problem: Problem = { code: 'cycle', message: 'a circle', where: range('a: b', 'b'), hint: 'break it' };
    const colored = renderProblem(problem, { color: true });
    expect(colored).toContain('\u001b[');
    expect(stripVTControlCharacters(colored)).toBe(renderProblem(problem, { color: false }));
  });

  test('holds nothing that steers the terminal', () => {
    const text = 'name: "\u001b[2J\u009b31m \u202e"';
    const shown = render({ message: 'found \u001b[2J', where: range(text, '"', '\u001b]0;title') });
    // eslint-disable-next-line no-control-regex -- they are what must not be there
    expect(shown.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  });
});

describe('the underline', () => {
  test.each([
    ['a tab before it', 'a:\tb', 'b', ' 1 | a:  b', '   |     ^'],
    ['a tab in it', 'a: b\tc', 'b\tc', ' 1 | a: b    c', '   |    ^^^^^^'],
    ['characters of two columns before it', '蒸留: x', 'x', ' 1 | 蒸留: x', '   |       ^'],
    ['characters of two columns in it', 'a: 蒸留', '蒸留', ' 1 | a: 蒸留', '   |    ^^^^'],
    ['an emoji, two code units and two columns', '😀: x', 'x', ' 1 | 😀: x', '   |     ^'],
    ['a combining mark, no column', 'e\u0301: x', 'x', ' 1 | e\u0301: x', '   |    ^'],
    ['several lines, to the end of the first', 'a: [1,\n 2]', '[1,\n 2]', ' 1 | a: [1,', '   |    ^^^'],
    ['a line break of Windows', 'a: b\r\nc: d', 'b', ' 1 | a: b', '   |    ^'],
    ['an empty range', 'a:', '', ' 1 | a:', '   | ^'],
  ])('fits under %s', (_case, text, piece, line, marks) => {
    expect(underlined(text, piece)).toEqual([line, marks]);
  });

  test('of a long line shows what is around it', () => {
    const [line = '', marks = ''] = underlined(`${'a'.repeat(5000)}wrong${'b'.repeat(5000)}`, 'wrong');
    expect(line.length).toBeLessThan(140);
    expect(line.slice(marks.indexOf('^'), marks.lastIndexOf('^') + 1)).toBe('wrong');
  });

  test('at the end of a file without a last line break is on its last line', () => {
    const source = { name: 'p.yaml', text: 'a: 1\nb:' };
    expect(render({ message: 'm', where: { source, start: 7, end: 8 } })).toContain('p.yaml:2:3');
  });
});
